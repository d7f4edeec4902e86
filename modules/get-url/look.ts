import {
  type Download,
  download,
  downloadText,
  fetchHash,
  fetchText,
  findTool,
  headersOf,
  type Property,
  sh,
} from "../../src/index.ts";
import { hashFor } from "./checksum.ts";
import { nameIn, type Wanted } from "./options.ts";
import { parse, unparse } from "./state.ts";

const CURRENT = "as on the server";

/** How a file is looked at, and what it should be. */
type Look = Pick<Property, "probe" | "want" | "holds" | "recheck">;

/** A file that is there stays. */
export function byPresence({ dest }: Wanted): Look {
  return {
    probe: sh`if [ -f ${dest} ]; then echo present; else echo absent; fi; echo "$rcm_tool"`,
    want: (was) => unparse({ ...parse(was), is: "present" }),
    holds: sh.inline`[ -f ${dest} ]`,
  };
}

/** The file has a hash that is known, or that a list tells. */
export function bySum(wanted: Wanted, { algorithm, hash, url }: NonNullable<Wanted["checksum"]>): Look {
  const sum = sh`${sh.raw(algorithm)}sum <${wanted.dest} | cut -d' ' -f1`;
  const probe = sh`if [ -f ${wanted.dest} ]; then ${sum}; else echo absent; fi; echo "$rcm_tool"`;
  if (url === undefined) {
    return {
      probe,
      want: (was) => unparse({ ...parse(was), is: hash }),
      holds: sh`[ -f ${wanted.dest} ] && [ "$(${sum})" = ${hash} ]`,
    };
  }
  return {
    probe: sh`${probe}; if [ "$rcm_tool" != none ]; then ${fetchText(url, wanted)}; fi`,
    want: async (was) => {
      const state = parse(was);
      const list = state.tool === "none" ? await downloadText(toDownload(wanted, url)) : state.rest;
      return unparse({ ...state, is: hashFor(nameIn(wanted.url), list, algorithm, url) });
    },
  };
}

/** What the server has may be long, and another thing every time: it is looked at once. */
export function byServer(wanted: Wanted): Look {
  const { dest, url } = wanted;
  return {
    probe: sh`if ! [ -f ${dest} ]; then echo absent; else rcm_h=$(sha256sum <${dest} | cut -c1-64)
if [ "$rcm_tool" != none ]; then ${fetchHash(url, wanted)}; if [ "$rcm_h" = "$rcm_o" ]; then rcm_h=${CURRENT}; fi; fi; echo "$rcm_h"; fi
echo "$rcm_tool"`,
    want: async (was) => {
      const state = parse(was);
      const isHere = state.tool === "none" && /^[0-9a-f]{64}$/.test(state.is);
      if (isHere && (await download(toDownload(wanted, url))).sha256 === state.is) return was;
      return unparse({ ...state, is: CURRENT });
    },
    recheck: sh.lines(
      sh`if [ -f ${dest} ]; then echo ${CURRENT}; else echo absent; fi`,
      wanted.from === "controller" ? sh`echo none` : sh`${findTool(url, wanted)}; echo "$rcm_tool"`,
    ),
  };
}

/** What a download by this side needs. */
export function toDownload({ validateCerts, timeout, ...rest }: Wanted, url: string): Download {
  return { url, headers: headersOf(rest), validateCerts, timeout };
}
