//! One worker's UDP socket, with batched calls and reused buffers.

use std::io::{IoSlice, IoSliceMut};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    ControlMessage, MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, sendmmsg,
};

use crate::workers::counters::TrafficCounters;

/// Datagrams received in one call.
pub(crate) const IN_BATCH: usize = 32;
/// Datagrams sent in one call.
pub(crate) const OUT_BATCH: usize = 64;
/// Receive buffer of a datagram in bytes; browsers send at most 1,500.
const DATAGRAM_MAX: usize = 2_048;
/// Time to wait for a full send buffer, in milliseconds...
const SEND_WAIT_MS: u8 = 2;
/// ...and how often in one flush, before the rest is dropped.
const SEND_WAITS_MAX: usize = 3;

/// A socket with its buffers, bound to the thread it was created on.
pub(crate) struct BatchedUdp {
    socket: UdpSocket,
    is_ipv6: bool,
    headers_in: MultiHeaders<SockaddrStorage>,
    headers_out: MultiHeaders<SockaddrStorage>,
    buffers: Vec<u8>,
    received: Vec<(SocketAddr, usize)>,
}

/// Datagrams for one call.
pub(crate) struct SendBatch<'a> {
    slices: [[IoSlice<'a>; 1]; OUT_BATCH],
    addresses: [Option<SockaddrStorage>; OUT_BATCH],
    count: usize,
    /// Waits that are left.
    waits_left: usize,
}

impl BatchedUdp {
    pub(crate) fn new(socket: UdpSocket) -> Self {
        let is_ipv6 = socket.local_addr().is_ok_and(|address| address.is_ipv6());
        Self {
            socket,
            is_ipv6,
            headers_in: MultiHeaders::preallocate(IN_BATCH, None),
            headers_out: MultiHeaders::preallocate(OUT_BATCH, None),
            buffers: vec![0; IN_BATCH * DATAGRAM_MAX],
            received: Vec::with_capacity(IN_BATCH),
        }
    }

    pub(crate) fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Receives up to [`IN_BATCH`] datagrams; returns their number.
    pub(crate) fn receive_batch(&mut self) -> usize {
        self.received.clear();
        let mut bytes = self.buffers.chunks_exact_mut(DATAGRAM_MAX);
        let mut slices: [[IoSliceMut<'_>; 1]; IN_BATCH] =
            std::array::from_fn(|_| [IoSliceMut::new(bytes.next().unwrap_or_default())]);
        let fd = self.socket.as_raw_fd();
        let flags = MsgFlags::MSG_DONTWAIT;
        let Ok(messages) = recvmmsg(fd, &mut self.headers_in, slices.iter_mut(), flags, None)
        else {
            return 0;
        };
        for message in messages {
            // A truncated datagram is not for us: length 0 is skipped later.
            let is_whole = !message.flags.contains(MsgFlags::MSG_TRUNC);
            let length = if is_whole { message.bytes } else { 0 };
            let from = message.address.as_ref().and_then(read_address);
            // Without an address it belongs to no peer.
            let from = from.unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0)));
            self.received.push((from, length));
        }
        self.received.len()
    }

    /// Source and payload of one of the datagrams received last.
    pub(crate) fn received_datagram(&self, index: usize) -> Option<(SocketAddr, &[u8])> {
        let (from, length) = *self.received.get(index)?;
        let bytes = self.buffers.chunks_exact(DATAGRAM_MAX).nth(index)?;
        bytes.get(..length).map(|bytes| (from, bytes))
    }

    /// Adds a datagram, and sends the batch when it is full.
    pub(crate) fn queue_datagram<'a>(
        &mut self,
        batch: &mut SendBatch<'a>,
        to: SocketAddr,
        bytes: &'a [u8],
        counters: &TrafficCounters,
    ) {
        let to = if self.is_ipv6 { to_ipv6(to) } else { to };
        let entry = batch.slices.get_mut(batch.count).zip(batch.addresses.get_mut(batch.count));
        if let Some((slice, address)) = entry {
            *slice = [IoSlice::new(bytes)];
            *address = Some(SockaddrStorage::from(to));
            batch.count += 1;
        }
        if batch.count == OUT_BATCH {
            self.send_batch(batch, counters);
        }
    }

    /// Sends the batch. Waits a little when the kernel takes no more.
    pub(crate) fn send_batch(&mut self, batch: &mut SendBatch<'_>, counters: &TrafficCounters) {
        let mut done = 0;
        while done < batch.count {
            match self.send_from(batch, done) {
                Ok(count) => {
                    counters.sent.add_many(count);
                    done += count.max(1);
                }
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN | Errno::ENOBUFS) if batch.waits_left > 0 => {
                    batch.waits_left -= 1;
                    self.wait_writable();
                }
                Err(Errno::EAGAIN | Errno::ENOBUFS) => {
                    counters.dropped_sends.add_many(batch.count - done);
                    done = batch.count;
                }
                // This one cannot be sent (unreachable, too long); the others can.
                Err(_no_way) => {
                    counters.dropped_sends.add_many(1);
                    done += 1;
                }
            }
        }
        batch.count = 0;
    }

    fn send_from(&mut self, batch: &SendBatch<'_>, from: usize) -> Result<usize, Errno> {
        let slices = batch.slices.get(from..batch.count).unwrap_or_default();
        let addresses = batch.addresses.get(from..batch.count).unwrap_or_default();
        let nothing: [ControlMessage<'_>; 0] = [];
        let (fd, flags) = (self.socket.as_raw_fd(), MsgFlags::MSG_DONTWAIT);
        let sent = sendmmsg(fd, &mut self.headers_out, slices, addresses, nothing, flags)?;
        Ok(sent.count())
    }

    fn wait_writable(&self) {
        let mut fds = [PollFd::new(self.socket.as_fd(), PollFlags::POLLOUT)];
        // The next attempt shows whether it is ready.
        let _ready = poll(&mut fds, PollTimeout::from(SEND_WAIT_MS));
    }
}

impl SendBatch<'_> {
    pub(crate) fn new() -> Self {
        Self {
            slices: std::array::from_fn(|_| [IoSlice::new(&[])]),
            addresses: [None; OUT_BATCH],
            count: 0,
            waits_left: SEND_WAITS_MAX,
        }
    }
}

/// An address from the kernel, with IPv4-mapped IPv6 addresses as IPv4.
fn read_address(address: &SockaddrStorage) -> Option<SocketAddr> {
    let four = address.as_sockaddr_in();
    if let Some(four) = four {
        return Some(SocketAddr::from((four.ip(), four.port())));
    }
    let six = address.as_sockaddr_in6()?;
    Some(SocketAddr::new(IpAddr::V6(six.ip()).to_canonical(), six.port()))
}

/// An address as an IPv6 socket takes it: IPv4 is mapped.
fn to_ipv6(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(four) => SocketAddr::from((four.ip().to_ipv6_mapped(), four.port())),
        SocketAddr::V6(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bind_socket(address: &str) -> (BatchedUdp, SocketAddr) {
        let socket = UdpSocket::bind(address).expect("a port");
        let at = socket.local_addr().expect("its address");
        (BatchedUdp::new(socket), at)
    }

    fn receive_all(udp: &mut BatchedUdp, count: usize) -> Vec<(SocketAddr, Vec<u8>)> {
        let mut all = vec![];
        while all.len() < count {
            let mut fds = [PollFd::new(udp.socket.as_fd(), PollFlags::POLLIN)];
            poll(&mut fds, PollTimeout::from(5_000_u16)).expect("it comes");
            let received = udp.receive_batch();
            assert!(received > 0, "{} of {count} received", all.len());
            all.extend(
                (0..received)
                    .filter_map(|index| udp.received_datagram(index))
                    .map(|(from, bytes)| (from, bytes.to_vec())),
            );
        }
        all
    }

    #[test]
    fn many_datagrams_are_sent_and_received_in_batches() {
        let ((mut one, at), (mut other, to)) =
            (bind_socket("127.0.0.1:0"), bind_socket("127.0.0.1:0"));
        let counters = TrafficCounters::default();
        let payloads: Vec<Vec<u8>> =
            (0..150_u8).map(|payload| vec![payload; usize::from(payload) + 1]).collect();
        let mut batch = SendBatch::new();
        for payload in &payloads {
            one.queue_datagram(&mut batch, to, payload, &counters);
        }
        one.send_batch(&mut batch, &counters);
        let received = receive_all(&mut other, payloads.len());
        assert!(received.iter().all(|(from, _)| *from == at));
        assert_eq!(received.into_iter().map(|(_, payload)| payload).collect::<Vec<_>>(), payloads);
        assert_eq!(counters.snapshot().sent, 150);
    }

    #[test]
    fn a_dual_stack_socket_reports_ipv4_addresses_as_ipv4() {
        let (mut both, at) = bind_socket("[::]:0");
        let (mut four, from) = bind_socket("127.0.0.1:0");
        let counters = TrafficCounters::default();
        let mut batch = SendBatch::new();
        let to = SocketAddr::from(([127, 0, 0, 1], at.port()));
        four.queue_datagram(&mut batch, to, b"there", &counters);
        four.send_batch(&mut batch, &counters);
        assert_eq!(receive_all(&mut both, 1), [(from, b"there".to_vec())]);
        both.queue_datagram(&mut batch, from, b"back", &counters);
        both.send_batch(&mut batch, &counters);
        assert_eq!(receive_all(&mut four, 1), [(to, b"back".to_vec())]);
    }

    #[test]
    fn an_unsendable_datagram_does_not_block_the_others() {
        let ((mut one, _), (mut other, to)) =
            (bind_socket("127.0.0.1:0"), bind_socket("127.0.0.1:0"));
        let (counters, long) = (TrafficCounters::default(), vec![0; 70_000]);
        let mut batch = SendBatch::new();
        for bytes in [b"before".as_slice(), &long, b"after"] {
            one.queue_datagram(&mut batch, to, bytes, &counters);
        }
        one.send_batch(&mut batch, &counters);
        let received: Vec<_> =
            receive_all(&mut other, 2).into_iter().map(|(_, payload)| payload).collect();
        assert_eq!(received, [b"before".to_vec(), b"after".to_vec()]);
        let now = counters.snapshot();
        assert_eq!((now.sent, now.dropped_sends), (2, 1));
    }

    #[test]
    fn a_truncated_datagram_is_skipped() {
        let ((mut one, _), (mut other, to)) =
            (bind_socket("127.0.0.1:0"), bind_socket("127.0.0.1:0"));
        let (counters, long) = (TrafficCounters::default(), vec![7; DATAGRAM_MAX + 1]);
        let mut batch = SendBatch::new();
        one.queue_datagram(&mut batch, to, &long, &counters);
        one.queue_datagram(&mut batch, to, b"after", &counters);
        one.send_batch(&mut batch, &counters);
        let received: Vec<_> =
            receive_all(&mut other, 2).into_iter().map(|(_, payload)| payload).collect();
        assert_eq!(received, [vec![], b"after".to_vec()]);
    }
}
