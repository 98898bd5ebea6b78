//! Things that are numbered densely, and whose numbers are given again.

/// A list with free places.
#[derive(Debug)]
pub(super) struct Slab<T> {
    places: Vec<Option<Box<T>>>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { places: vec![], free: vec![] }
    }
}

impl<T> Slab<T> {
    /// Puts something in; its number.
    pub(super) fn insert(&mut self, thing: T) -> u32 {
        let thing = Some(Box::new(thing));
        let free = self.free.pop();
        if let Some(id) = free
            && let Some(place) = self.places.get_mut(id as usize)
        {
            *place = thing;
            return id;
        }
        let id = u32::try_from(self.places.len()).expect("limits keep it far smaller");
        self.places.push(thing);
        id
    }

    /// Takes something out.
    pub(super) fn remove(&mut self, id: u32) -> Option<Box<T>> {
        let thing = self.places.get_mut(id as usize)?.take()?;
        self.free.push(id);
        Some(thing)
    }

    pub(super) fn get(&self, id: u32) -> Option<&T> {
        self.places.get(id as usize)?.as_deref()
    }

    pub(super) fn get_mut(&mut self, id: u32) -> Option<&mut T> {
        self.places.get_mut(id as usize)?.as_deref_mut()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    /// The numbers of all.
    pub(super) fn ids(&self) -> impl Iterator<Item = u32> + use<'_, T> {
        let ids = (0_u32..).zip(&self.places);
        ids.filter_map(|(id, thing)| thing.is_some().then_some(id))
    }
}
