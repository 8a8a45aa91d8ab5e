// The browser's own WebSocket as a puppet: see puppets.py. Evaluated in a page; `puppet.obey` does what a line says,
// and `puppet.told` collects what there is to tell.
(() => {
  const told = [];
  let socket;

  const packed = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const unpacked = (word) => Uint8Array.from(atob(word), (letter) => letter.charCodeAt(0));
  const textOf = (word) => new TextDecoder().decode(unpacked(word));

  function open(url, subprotocols) {
    const opening = new WebSocket(url, subprotocols.split(","));
    let isOpen = false;
    opening.binaryType = "arraybuffer";
    opening.onopen = () => {
      isOpen = true;
      told.push(`open ${opening.protocol} ${opening.extensions ? 1 : 0}`);
    };
    opening.onmessage = ({ data }) => {
      if (typeof data === "string") told.push(`text ${packed(new TextEncoder().encode(data))}`);
      else told.push(`binary ${packed(new Uint8Array(data))}`);
    };
    opening.onclose = ({ code, reason }) => {
      told.push(isOpen ? `closed ${code} ${packed(new TextEncoder().encode(reason))}` : "refused 0");
    };
    socket = opening;
  }

  const deeds = {
    open,
    text: (word) => socket.send(textOf(word)),
    binary: (word) => socket.send(unpacked(word)),
    close: (code, reason) => socket.close(Number(code), textOf(reason)),
  };

  window.puppet = {
    told,
    obey(line) {
      const [deed, ...words] = line.split(" ");
      deeds[deed](...words);
    },
  };
})();
