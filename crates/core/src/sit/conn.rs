//! The id of an open connection, by which presence, lags and the room name connections.

/// Id of an open connection: an index in a table, and the generation of that index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId {
    index: u32,
    life: u32,
}

impl LineId {
    /// The connection at this index, in this generation of it.
    pub const fn new(index: u32, life: u32) -> Self {
        Self { index, life }
    }

    /// The index in the table.
    pub const fn index(self) -> u32 {
        self.index
    }

    /// Generation of the index.
    pub const fn life(self) -> u32 {
        self.life
    }
}
