// A room on the usual WebSocket library of Node: a text that starts with P goes to all.
const { WebSocketServer, WebSocket } = require('ws');

const server = new WebSocketServer({
  port: 0, host: '127.0.0.1', path: '/ws', backlog: 4096, perMessageDeflate: false,
});
server.on('listening', () => console.log(`port ${server.address().port}`));
server.on('connection', (line) => {
  line.on('error', () => {});
  line.on('message', (data) => {
    const text = data.toString();
    if (!text.startsWith('P')) return;
    for (const other of server.clients) {
      if (other.readyState === WebSocket.OPEN) other.send(text.slice(1));
    }
  });
});
