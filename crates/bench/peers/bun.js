// A room on Bun, whose WebSockets publish to a topic by themselves.
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request, server) {
    return server.upgrade(request) ? undefined : new Response('no', { status: 400 });
  },
  websocket: {
    perMessageDeflate: false,
    open(line) {
      line.subscribe('room');
    },
    message(line, data) {
      const text = String(data);
      if (text.startsWith('P')) server.publish('room', text.slice(1));
    },
  },
});
console.log(`port ${server.port}`);
