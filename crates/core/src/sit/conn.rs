//! The id of an open connection, by which presence, lags and the room name connections.

/// Id of an open connection: an index in a table, and the generation of that index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId {
    index: u32,
    generation: u32,
}

impl ConnId {
    /// The connection at this index, in this generation of it.
    pub const fn new(index: u32, life: u32) -> Self {
        Self { index, generation: life }
    }

    /// The index in the table.
    pub const fn index(self) -> u32 {
        self.index
    }

    /// Generation of the index.
    pub const fn generation(self) -> u32 {
        self.generation
    }
}
