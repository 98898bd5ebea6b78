//! A slab: values under small dense indexes, which are reused.

/// Values are boxed, so growing the slab moves pointers alone.
#[derive(Debug)]
pub(super) struct Slab<T> {
    entries: Vec<Option<Box<T>>>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { entries: vec![], free: vec![] }
    }
}

impl<T> Slab<T> {
    /// Stores a value and returns its index.
    pub(super) fn insert(&mut self, value: T) -> u32 {
        let value = Some(Box::new(value));
        let free = self.free.pop();
        if let Some(index) = free
            && let Some(entry) = self.entries.get_mut(index as usize)
        {
            *entry = value;
            return index;
        }
        let index = u32::try_from(self.entries.len()).expect("limits keep it far smaller");
        self.entries.push(value);
        index
    }

    /// Removes a value and frees its index.
    pub(super) fn remove(&mut self, index: u32) -> Option<Box<T>> {
        let value = self.entries.get_mut(index as usize)?.take()?;
        self.free.push(index);
        Some(value)
    }

    pub(super) fn get(&self, index: u32) -> Option<&T> {
        self.entries.get(index as usize)?.as_deref()
    }

    pub(super) fn get_mut(&mut self, index: u32) -> Option<&mut T> {
        self.entries.get_mut(index as usize)?.as_deref_mut()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    /// All values with their indexes.
    pub(super) fn iter_indexed(&self) -> impl Iterator<Item = (u32, &T)> {
        let entries = (0_u32..).zip(&self.entries);
        entries.filter_map(|(index, value)| Some((index, value.as_deref()?)))
    }
}
