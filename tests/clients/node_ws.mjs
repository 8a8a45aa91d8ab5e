// Node's `ws` as a puppet: see puppets.py for what it is told and what it tells. Its one argument is a folder in
// which `ws` is installed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { WebSocket } = createRequire(`${process.argv[2]}/`)("ws");

let socket;

function tell(...words) {
  process.stdout.write(`${words.join(" ")}\n`);
}

const packed = (bytes) => Buffer.from(bytes).toString("base64");
const unpacked = (word) => Buffer.from(word, "base64");

function open(url, subprotocols, ca) {
  const opening = new WebSocket(url, subprotocols.split(","), ca ? { ca: readFileSync(ca) } : {});
  let isOpen = false;
  opening.on("open", () => {
    isOpen = true;
    tell("open", opening.protocol, opening.extensions ? 1 : 0);
  });
  opening.on("unexpected-response", (request, response) => {
    tell("refused", response.statusCode);
    request.destroy();
  });
  opening.on("message", (bytes, isBinary) => tell(isBinary ? "binary" : "text", packed(bytes)));
  opening.on("pong", (bytes) => tell("pong", packed(bytes)));
  opening.on("error", (error) => process.stderr.write(`${error}\n`));
  opening.on("close", (code, reason) => {
    if (isOpen) tell("closed", code, packed(reason));
  });
  socket = opening;
}

const deeds = {
  open,
  text: (word) => socket.send(unpacked(word).toString()),
  binary: (word) => socket.send(unpacked(word)),
  fragments: (...parts) => {
    for (const [n, part] of parts.entries()) socket.send(unpacked(part), { binary: true, fin: n === parts.length - 1 });
  },
  ping: (word) => socket.ping(unpacked(word)),
  pong: (word) => socket.pong(unpacked(word)),
  close: (code, reason) => socket.close(Number(code), unpacked(reason)),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [deed, ...words] = line.split(" ");
  deeds[deed](...words);
}
process.exit();
