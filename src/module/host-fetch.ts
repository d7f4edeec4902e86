import { type Script, sh } from "../shell/script.ts";
import { decoded, shownUrl } from "./http-client.ts";
import { type HeaderOptions, headersOf } from "./http-options.ts";

/** Bytes of a text that is read whole. */
const MAX_TEXT = 256 * 1024;

/** What the programs of the host are to get. */
export interface HostFetch extends HeaderOptions {
  readonly validateCerts: boolean;
  /** Milliseconds without a sign of the server after which it is given up. */
  readonly timeout: number;
  /** The URL may hold a secret. */
  readonly isSecret?: boolean;
}

/**
 * A script that sets `rcm_tool` to what the host can download with: `curl`, `wget`, `busybox`, or `none`. busybox's wget
 * checks no certificates, knows only some ciphers and shows headers and URL to everybody: it is taken for plain http only.
 */
export function findTool(url: string, { headers, urlUsername, isSecret = false }: HostFetch): Script {
  const { protocol, username } = new URL(url);
  const isSimple = !isSecret && Object.keys(headers).length === 0 && (urlUsername ?? username) === "";
  const busybox =
    isSimple && protocol === "http:"
      ? sh`elif wget --help 2>&1 | grep -q -e '-T SEC'; then rcm_tool=busybox`
      : sh``;
  return sh`if command -v curl >/dev/null 2>&1; then rcm_tool=curl
elif wget -V 2>/dev/null | grep -q 'GNU Wget'; then rcm_tool=wget
${busybox}
else rcm_tool=none; fi`;
}

/**
 * A script that downloads with `$rcm_tool` to the file that a word of shell names, or `-` for standard output. What may
 * be secret goes over pipes and a private file, so that no list of processes shows it.
 *
 * @param resume go on where an earlier try has left the file
 */
export function fetchTo(target: Script, url: string, options: HostFetch, resume = false): Script {
  const seconds = Math.max(1, Math.ceil(options.timeout / 1000));
  const [curlMore, wgetMore] = resume ? [sh`-C -`, sh`-c`] : [sh``, sh``];
  return sh`case $rcm_tool in
curl) ( exec 3>&1
rcm_e=$(rcm_put ${curlConfig(url, options, seconds)} | curl -q -K - ${curlMore} -o ${target} 2>&1 >&3) || { rcm_c=$?; printf '%s\\n' "\${rcm_e%%
*}" >&2; exit $rcm_c; } ) ;;
wget) ( rcm_w=$(mktemp); trap 'rm -f "$rcm_w"' EXIT; trap 'exit 1' HUP INT TERM
rcm_put ${wgetConfig(url, options, seconds)} >"$rcm_w"
exec 3>&1
rcm_e=$(rcm_put ${plainUrl(url)} | wget --config="$rcm_w" -nv -i /dev/stdin ${wgetMore} -O ${target} 2>&1 >&3) || { rcm_c=$?; printf '%s\\n' "$rcm_e" >&2; exit $rcm_c; } ) ;;
busybox) wget -q -T ${seconds} ${wgetMore} -O ${target} ${url} ;;
*) echo ${`there is neither curl nor wget that could get ${shownUrl(url)}`} >&2; exit 1 ;;
esac`;
}

/** For a probe: prints a short text that lies behind a URL, or ends with the status of one that cannot be run. */
export function fetchText(url: string, options: HostFetch): Script {
  return sh`rcm_o=$({ rcm_c=0; ${fetchTo(sh`-`, url, options)} || rcm_c=$?; printf '\n%s' "$rcm_c"; } | head -c ${MAX_TEXT})
case $rcm_o in *"
0") rcm_put "\${rcm_o%?}" ;; *) exit 126 ;; esac`;
}

/** For a probe: sets `rcm_o` to the SHA-256 hash of what lies behind a URL, or ends like {@link fetchText}. */
export function fetchHash(url: string, options: HostFetch): Script {
  return sh`rcm_o=$({ { rcm_c=0; ${fetchTo(sh`-`, url, options)} || rcm_c=$?; echo "$rcm_c" >&5; } | sha256sum | cut -c1-64; } 5>&1)
case $rcm_o in "0
"*) rcm_o=\${rcm_o#??} ;; *) exit 126 ;; esac`;
}

function curlConfig(url: string, options: HostFetch, seconds: number): string {
  const word = (value: string): string => `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
  const { username, password } = loginOf(url);
  return [
    "silent\nshow-error\nfail\nlocation\ngloboff",
    `max-redirs = 10\nconnect-timeout = ${seconds}\nspeed-limit = 1\nspeed-time = ${seconds}`,
    ...(options.validateCerts ? [] : ["insecure"]),
    ...(username === "" ? [] : [`user = ${word(`${username}:${password}`)}`]),
    ...Object.entries(headersOf(options)).map(
      ([name, value]) =>
        // A colon at the end would take the header away.
        `header = ${word(value.trim() === "" ? `${name};` : `${name}: ${value}`)}`,
    ),
    `url = ${word(plainUrl(url))}`,
    "",
  ].join("\n");
}

function wgetConfig(url: string, options: HostFetch, seconds: number): string {
  const { username, password } = loginOf(url);
  const { Authorization, ...headers } = headersOf(options);
  const user = options.urlUsername ?? username;
  const isOwn = Authorization !== undefined && "Authorization" in options.headers;
  return [
    `tries = 1\ntimeout = ${seconds}\nmax_redirect = 10`,
    ...(options.validateCerts ? [] : ["check_certificate = off"]),
    ...(user === ""
      ? []
      : [`http_user = ${user}\nhttp_password = ${options.urlPassword ?? password}\nauth_no_challenge = on`]),
    ...Object.entries(isOwn ? { ...headers, Authorization } : headers).map(
      ([name, value]) => `header = ${name}: ${value}`,
    ),
    "",
  ].join("\n");
}

function plainUrl(url: string): string {
  const at = new URL(url);
  [at.username, at.password] = ["", ""];
  return at.href;
}

function loginOf(url: string): { readonly username: string; readonly password: string } {
  const { username, password } = new URL(url);
  return { username: decoded(username), password: decoded(password) };
}
