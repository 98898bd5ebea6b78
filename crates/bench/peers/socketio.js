// A room on Socket.IO, WebSocket transport only: what is sent as 'm' goes to all.
const { createServer } = require('node:http');
const { Server } = require('socket.io');

const http = createServer();
const io = new Server(http, {
  transports: ['websocket'], perMessageDeflate: false, serveClient: false,
});
io.on('connection', (line) => {
  line.join('room');
  line.on('m', (message) => io.to('room').emit('m', message));
});
http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  console.log(`port ${http.address().port}`);
});
