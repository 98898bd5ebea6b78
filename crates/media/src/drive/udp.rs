//! One worker's UDP socket: many datagrams in one call, in and out, through buffers that stay.

use std::io::{IoSlice, IoSliceMut};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    ControlMessage, MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, sendmmsg,
};

use crate::drive::counts::Counting;

/// So many datagrams are taken in one call.
pub(crate) const IN_BATCH: usize = 32;
/// So many are given in one call.
pub(crate) const OUT_BATCH: usize = 64;
/// The longest datagram that is taken; browsers send none over 1,500 bytes.
const DATAGRAM_MAX: usize = 2_048;
/// How long the network is waited for when it takes no more, in milliseconds, each time...
const PATIENCE_MS: u8 = 2;
/// ...and how often in one flush, before what is left is let go.
const PATIENCE_TIMES: usize = 3;

/// A socket with its buffers. Lives on the thread it was made on.
pub(crate) struct Udp {
    socket: UdpSocket,
    is_six: bool,
    heads_in: MultiHeaders<SockaddrStorage>,
    heads_out: MultiHeaders<SockaddrStorage>,
    bytes: Vec<u8>,
    came: Vec<(SocketAddr, usize)>,
}

/// Collects datagrams for one call.
pub(crate) struct Batch<'a> {
    slices: [[IoSlice<'a>; 1]; OUT_BATCH],
    addresses: [Option<SockaddrStorage>; OUT_BATCH],
    count: usize,
    /// How often the network may still be waited for.
    patience: usize,
}

impl Udp {
    pub(crate) fn new(socket: UdpSocket) -> Self {
        let is_six = socket.local_addr().is_ok_and(|address| address.is_ipv6());
        Self {
            socket,
            is_six,
            heads_in: MultiHeaders::preallocate(IN_BATCH, None),
            heads_out: MultiHeaders::preallocate(OUT_BATCH, None),
            bytes: vec![0; IN_BATCH * DATAGRAM_MAX],
            came: Vec::with_capacity(IN_BATCH),
        }
    }

    /// The socket, to wait for.
    pub(crate) fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Takes what is there, up to [`IN_BATCH`]; how many that were.
    pub(crate) fn receive(&mut self) -> usize {
        self.came.clear();
        let mut bytes = self.bytes.chunks_exact_mut(DATAGRAM_MAX);
        let mut slices: [[IoSliceMut<'_>; 1]; IN_BATCH] =
            std::array::from_fn(|_| [IoSliceMut::new(bytes.next().unwrap_or_default())]);
        let fd = self.socket.as_raw_fd();
        let flags = MsgFlags::MSG_DONTWAIT;
        let Ok(received) = recvmmsg(fd, &mut self.heads_in, slices.iter_mut(), flags, None) else {
            return 0;
        };
        for message in received {
            // What is longer than our buffers is nothing of ours: length 0 is passed over.
            let is_whole = !message.flags.contains(MsgFlags::MSG_TRUNC);
            let length = if is_whole { message.bytes } else { 0 };
            let from = message.address.as_ref().and_then(read_address);
            // Without an address it is nobody's.
            let from = from.unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0)));
            self.came.push((from, length));
        }
        self.came.len()
    }

    /// One of those that were taken last: where it came from, and its bytes.
    pub(crate) fn came(&self, which: usize) -> Option<(SocketAddr, &[u8])> {
        let (from, length) = *self.came.get(which)?;
        let bytes = self.bytes.chunks_exact(DATAGRAM_MAX).nth(which)?;
        bytes.get(..length).map(|bytes| (from, bytes))
    }

    /// Adds a datagram to the batch, and gives the batch away when it is full.
    pub(crate) fn send<'a>(
        &mut self,
        batch: &mut Batch<'a>,
        to: SocketAddr,
        bytes: &'a [u8],
        counting: &Counting,
    ) {
        let to = if self.is_six { as_six(to) } else { to };
        let place = batch.slices.get_mut(batch.count).zip(batch.addresses.get_mut(batch.count));
        if let Some((slice, address)) = place {
            *slice = [IoSlice::new(bytes)];
            *address = Some(SockaddrStorage::from(to));
            batch.count += 1;
        }
        if batch.count == OUT_BATCH {
            self.flush(batch, counting);
        }
    }

    /// Gives the batch away. A network that takes no more is waited for, but not for long.
    pub(crate) fn flush(&mut self, batch: &mut Batch<'_>, counting: &Counting) {
        let mut done = 0;
        while done < batch.count {
            match self.give(batch, done) {
                Ok(count) => {
                    counting.sent.add(count);
                    done += count.max(1);
                }
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN | Errno::ENOBUFS) if batch.patience > 0 => {
                    batch.patience -= 1;
                    self.wait();
                }
                Err(Errno::EAGAIN | Errno::ENOBUFS) => {
                    counting.unsent.add(batch.count - done);
                    done = batch.count;
                }
                // This one cannot go (no way there, too long): the others can.
                Err(_no_way) => {
                    counting.unsent.add(1);
                    done += 1;
                }
            }
        }
        batch.count = 0;
    }

    fn give(&mut self, batch: &Batch<'_>, from: usize) -> Result<usize, Errno> {
        let slices = batch.slices.get(from..batch.count).unwrap_or_default();
        let addresses = batch.addresses.get(from..batch.count).unwrap_or_default();
        let nothing: [ControlMessage<'_>; 0] = [];
        let (fd, flags) = (self.socket.as_raw_fd(), MsgFlags::MSG_DONTWAIT);
        let sent = sendmmsg(fd, &mut self.heads_out, slices, addresses, nothing, flags)?;
        Ok(sent.count())
    }

    fn wait(&self) {
        let mut fds = [PollFd::new(self.socket.as_fd(), PollFlags::POLLOUT)];
        // Ready or not: the next try shows.
        let _ready = poll(&mut fds, PollTimeout::from(PATIENCE_MS));
    }
}

impl Batch<'_> {
    pub(crate) fn new() -> Self {
        Self {
            slices: std::array::from_fn(|_| [IoSlice::new(&[])]),
            addresses: [None; OUT_BATCH],
            count: 0,
            patience: PATIENCE_TIMES,
        }
    }
}

/// An address as the kernel gives it; of IPv4 also when the socket is one of IPv6.
fn read_address(address: &SockaddrStorage) -> Option<SocketAddr> {
    let four = address.as_sockaddr_in();
    if let Some(four) = four {
        return Some(SocketAddr::from((four.ip(), four.port())));
    }
    let six = address.as_sockaddr_in6()?;
    Some(SocketAddr::new(IpAddr::V6(six.ip()).to_canonical(), six.port()))
}

/// An address of IPv4 in the form that a socket of IPv6 takes.
fn as_six(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(four) => SocketAddr::from((four.ip().to_ipv6_mapped(), four.port())),
        SocketAddr::V6(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(address: &str) -> (Udp, SocketAddr) {
        let socket = UdpSocket::bind(address).expect("a port");
        let at = socket.local_addr().expect("its address");
        (Udp::new(socket), at)
    }

    fn wait_for(udp: &mut Udp, count: usize) -> Vec<(SocketAddr, Vec<u8>)> {
        let mut all = vec![];
        while all.len() < count {
            let mut fds = [PollFd::new(udp.socket.as_fd(), PollFlags::POLLIN)];
            poll(&mut fds, PollTimeout::from(5_000_u16)).expect("it comes");
            let came = udp.receive();
            assert!(came > 0, "{} of {count} came", all.len());
            all.extend(
                (0..came)
                    .filter_map(|which| udp.came(which))
                    .map(|(from, bytes)| (from, bytes.to_vec())),
            );
        }
        all
    }

    #[test]
    fn many_datagrams_go_and_come_in_few_calls() {
        let ((mut one, at), (mut other, to)) = (socket("127.0.0.1:0"), socket("127.0.0.1:0"));
        let counting = Counting::default();
        let words: Vec<Vec<u8>> =
            (0..150_u8).map(|word| vec![word; usize::from(word) + 1]).collect();
        let mut batch = Batch::new();
        for word in &words {
            one.send(&mut batch, to, word, &counting);
        }
        one.flush(&mut batch, &counting);
        let came = wait_for(&mut other, words.len());
        assert!(came.iter().all(|(from, _)| *from == at));
        assert_eq!(came.into_iter().map(|(_, word)| word).collect::<Vec<_>>(), words);
        assert_eq!(counting.now().sent, 150);
    }

    #[test]
    fn a_socket_for_both_kinds_of_address_knows_the_old_kind_by_its_usual_name() {
        let (mut both, at) = socket("[::]:0");
        let (mut four, from) = socket("127.0.0.1:0");
        let counting = Counting::default();
        let mut batch = Batch::new();
        let to = SocketAddr::from(([127, 0, 0, 1], at.port()));
        four.send(&mut batch, to, b"there", &counting);
        four.flush(&mut batch, &counting);
        assert_eq!(wait_for(&mut both, 1), [(from, b"there".to_vec())]);
        both.send(&mut batch, from, b"back", &counting);
        both.flush(&mut batch, &counting);
        assert_eq!(wait_for(&mut four, 1), [(to, b"back".to_vec())]);
    }

    #[test]
    fn a_datagram_that_cannot_go_does_not_hold_up_the_others() {
        let ((mut one, _), (mut other, to)) = (socket("127.0.0.1:0"), socket("127.0.0.1:0"));
        let (counting, long) = (Counting::default(), vec![0; 70_000]);
        let mut batch = Batch::new();
        for bytes in [b"before".as_slice(), &long, b"after"] {
            one.send(&mut batch, to, bytes, &counting);
        }
        one.flush(&mut batch, &counting);
        let came: Vec<_> = wait_for(&mut other, 2).into_iter().map(|(_, word)| word).collect();
        assert_eq!(came, [b"before".to_vec(), b"after".to_vec()]);
        let now = counting.now();
        assert_eq!((now.sent, now.unsent), (2, 1));
    }

    #[test]
    fn what_is_too_long_is_passed_over() {
        let ((mut one, _), (mut other, to)) = (socket("127.0.0.1:0"), socket("127.0.0.1:0"));
        let (counting, long) = (Counting::default(), vec![7; DATAGRAM_MAX + 1]);
        let mut batch = Batch::new();
        one.send(&mut batch, to, &long, &counting);
        one.send(&mut batch, to, b"after", &counting);
        one.flush(&mut batch, &counting);
        let came: Vec<_> = wait_for(&mut other, 2).into_iter().map(|(_, word)| word).collect();
        assert_eq!(came, [vec![], b"after".to_vec()]);
    }
}
