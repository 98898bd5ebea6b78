//! The practice scripts that ship with a home: plain texts in `programs/scripts/`, for a guide to
//! start from.

/// One script of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShippedScript {
    /// Short name, the same as the file's.
    pub name: &'static str,
    /// Display title.
    pub title: &'static str,
    /// The script's text: lines and pauses.
    pub text: &'static str,
}

/// Coming in and settling.
pub const ARRIVING: ShippedScript = ShippedScript {
    name: "arriving",
    title: "Coming to rest",
    text: include_str!("../../../programs/scripts/arriving.txt"),
};
/// Resting with the breath.
pub const SOFT_BREATH: ShippedScript = ShippedScript {
    name: "soft-breath",
    title: "A soft breath",
    text: include_str!("../../../programs/scripts/soft-breath.txt"),
};
/// A little kindness for something hard.
pub const KINDNESS: ShippedScript = ShippedScript {
    name: "kindness",
    title: "A little kindness",
    text: include_str!("../../../programs/scripts/kindness.txt"),
};
/// Sitting without following anything.
pub const JUST_SITTING: ShippedScript = ShippedScript {
    name: "just-sitting",
    title: "Just sitting",
    text: include_str!("../../../programs/scripts/just-sitting.txt"),
};

/// All scripts that ship.
pub const SHIPPED_SCRIPTS: [ShippedScript; 4] = [ARRIVING, SOFT_BREATH, KINDNESS, JUST_SITTING];

/// Finds a shipped script by its short name.
pub fn find_script(name: &str) -> Option<ShippedScript> {
    SHIPPED_SCRIPTS.into_iter().find(|script| script.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sit::script::Script;

    #[test]
    fn every_shipped_script_can_be_read() {
        for shipped in SHIPPED_SCRIPTS {
            let script = Script::parse(shipped.text).unwrap();
            assert!(!script.is_empty(), "{}", shipped.name);
            assert_eq!(find_script(shipped.name), Some(shipped));
        }
    }
}
