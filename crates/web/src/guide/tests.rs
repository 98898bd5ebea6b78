//! The editor's form held against chance: whatever is pressed, no typed word is lost.
