//! Text to vectors: the embedding model that lets answers of one meaning find each other.
