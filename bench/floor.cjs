// The least that the work can cost over ssh2: one connection a host, one write, hand-written shell.
//   node floor.cjs floor|limit KEY SCRIPT ADDRESS…
// `floor`: the library tuned (no Nagle, one key, signed at once), login, channel and script one after another, and a
// polite end. `limit`: all of it in one go behind the key exchange, and no waiting at the end.
const { readFileSync } = require("node:fs");
const { connect } = require("node:net");
const { Client, utils } = require("ssh2");

const [mode, keyFile, scriptFile, ...addresses] = process.argv.slice(2);
const key = utils.parseKey(readFileSync(keyFile));
const script = readFileSync(scriptFile);

function run(address) {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const sock = connect({ host: address, port: 22, noDelay: true });
    const authHandler = [{ type: "publickey", username: "root", key }];
    client.on("error", reject).connect({ sock, username: "root", authHandler, hostVerifier: () => true });
    const protocol = client._protocol;
    const ask = protocol.authPK.bind(protocol);
    const sign = () => ask("root", key, key.type, (data, done) => done(key.sign(data)));
    const take = (channel) => {
      channel.on("data", () => undefined).stderr.on("data", (data) => process.stderr.write(data));
      channel.on("exit", (code) => {
        process.exitCode ||= code;
        if (mode === "limit") resolve(sock.destroy());
      });
      channel.on("close", () => client.end());
      if (mode === "floor") channel.end(script);
    };
    client.on("close", resolve);
    if (mode === "floor") {
      protocol.authPK = sign;
      client.on("ready", () => client.exec("exec sh", (_error, channel) => take(channel)));
    }
    const exec = protocol.exec.bind(protocol);
    const request = protocol.service.bind(protocol);
    if (mode === "limit")
      protocol.service = (name) => {
        request(name);
        sign();
        protocol.authPK = () => undefined;
        client.exec("exec sh", (_error, channel) => take(channel));
        exec(0, "exec sh", true);
        protocol.exec = () => undefined;
        for (let at = 0; at < script.length; at += 32768)
          protocol.channelData(0, script.subarray(at, at + 32768));
        protocol.channelEOF(0);
      };
  });
}
Promise.all(addresses.map(run)).catch((error) => {
  console.error(error);
  process.exit(1);
});
