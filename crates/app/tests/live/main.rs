//! Living sits, with a whole home around them.

#[cfg(test)]
mod tests;
