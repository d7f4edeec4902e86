import { type ListrEventManager, ListrEventType } from "listr2";
import type { Paint } from "./colour.ts";
import type { Clock, Output } from "./options.ts";
import { picture } from "./picture.ts";
import type { RunState } from "./run-state.ts";
import { Screen } from "./screen.ts";

/** What the renderer draws, and where. */
export interface TreeRendererOptions {
  readonly run: RunState;
  readonly output: Output;
  readonly clock: Clock;
  readonly paint: Paint;
  /** Lines to be left above the picture; taken out by whoever draws them. */
  readonly above: string[];
}

/** Milliseconds from one frame to the next: 10 a second at most, 1 for the running times when nothing happens. */
const FRAME = 100;
const IDLE = 1000;

/**
 * A renderer for Listr. Its own measure and redraw every line at every change, which is quadratic; this one is
 * told that something changed, and draws at its own pace as much as the terminal has room for.
 */
export class TreeRenderer {
  static nonTTY = true;
  static rendererOptions: TreeRendererOptions;
  static rendererTaskOptions: never;

  readonly #options: TreeRendererOptions;
  readonly #events: ListrEventManager | undefined;
  readonly #screen: Screen;
  #last = Number.NEGATIVE_INFINITY;
  #due = Number.POSITIVE_INFINITY;
  #cancel = () => {};

  constructor(_tasks: readonly unknown[], options: TreeRendererOptions, events?: ListrEventManager) {
    this.#options = options;
    this.#events = events;
    this.#screen = new Screen(options.output);
  }

  render(): void {
    this.#events?.on(ListrEventType.SHOULD_REFRESH_RENDER, this.#refresh);
    this.#options.output.on?.("resize", this.#refresh);
    process.once("exit", this.#restore);
    this.#frame();
  }

  /** Leaves the last picture standing. */
  end(): void {
    this.#cancel();
    this.#events?.off(ListrEventType.SHOULD_REFRESH_RENDER, this.#refresh);
    this.#options.output.off?.("resize", this.#refresh);
    process.removeListener("exit", this.#restore);
    this.#draw();
    this.#screen.close();
  }

  readonly #refresh = (): void => {
    this.#schedule(Math.max(this.#last + FRAME, this.#options.clock.now()));
  };

  /** A bug elsewhere must not leave a terminal without a cursor. */
  readonly #restore = (): void => this.#screen.close();

  #schedule(due: number): void {
    if (due >= this.#due) return;
    this.#cancel();
    this.#due = due;
    this.#cancel = this.#options.clock.after(due - this.#options.clock.now(), () => this.#frame());
  }

  #frame(): void {
    this.#last = this.#options.clock.now();
    this.#due = Number.POSITIVE_INFINITY;
    this.#draw();
    this.#schedule(this.#last + IDLE);
  }

  #draw(): void {
    const { run, clock, paint, above } = this.#options;
    const view = { ...this.#screen.size, now: clock.now(), paint };
    this.#screen.draw(picture(run, view), above.splice(0));
  }
}
