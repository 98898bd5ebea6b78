//! The home's own round formats: TOML files in its folder `formats`, read when the home opens. A
//! file that cannot be read is skipped and reported; the home opens all the same.

use std::fs;
use std::path::Path;

use sitwith_core::sit::format::{FORMAT_BYTES_MAX, FORMATS_MAX, Formats};

/// The folder inside the home's folder.
const FORMATS_FOLDER: &str = "formats";
/// File name extension of a format.
const FORMAT_EXTENSION: &str = "toml";

/// The outcome of reading the folder.
#[derive(Debug, Default)]
pub(crate) struct HomeFormats {
    /// The built-in formats and the home's own.
    pub(crate) formats: Formats,
    /// Names of the home's own formats that were read.
    pub(crate) loaded: Vec<String>,
    /// Name and reason of each file that was skipped.
    pub(crate) rejected: Vec<(String, String)>,
}

impl HomeFormats {
    /// Reads the formats of the home in this folder. A home without such files has the built-in
    /// ones.
    pub(crate) fn load(home: &Path) -> Self {
        let mut own = Self { formats: Formats::shipped(), ..Self::default() };
        let Ok(folder) = fs::read_dir(home.join(FORMATS_FOLDER)) else {
            return own;
        };
        let files = folder.filter_map(Result::ok).map(|file| file.path());
        let mut files: Vec<_> = files
            .filter(|file| file.extension().is_some_and(|ending| ending == FORMAT_EXTENSION))
            .collect();
        files.sort();
        for (place, file) in files.iter().enumerate() {
            let name = file.file_stem().map(|name| name.to_string_lossy().into_owned());
            let name = name.unwrap_or_default();
            let added = if place < FORMATS_MAX {
                read_format_file(file).and_then(|text| {
                    own.formats.add_file(&name, &text).map_err(|no| no.to_string())
                })
            } else {
                Err(format!("a home has at most {FORMATS_MAX} formats"))
            };
            match added {
                Ok(()) => own.loaded.push(name),
                Err(why) => own.rejected.push((name, why)),
            }
        }
        own
    }
}

fn read_format_file(file: &Path) -> Result<String, String> {
    let size = fs::metadata(file).map_err(|error| error.to_string())?.len();
    if usize::try_from(size).is_ok_and(|size| size <= FORMAT_BYTES_MAX) {
        fs::read_to_string(file).map_err(|error| error.to_string())
    } else {
        Err(format!("a format's file has at most {FORMAT_BYTES_MAX} bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temp::TempFolder;

    #[test]
    fn a_home_without_the_folder_has_what_ships() {
        let home = TempFolder::new("sitwith-formats-none").unwrap();
        let own = HomeFormats::load(home.path());
        assert!(own.loaded.is_empty() && own.rejected.is_empty());
        assert!(own.formats.find("council").is_some());
    }

    #[test]
    fn good_files_are_read_and_bad_ones_said() {
        let home = TempFolder::new("sitwith-formats-some").unwrap();
        let folder = home.path().join(FORMATS_FOLDER);
        fs::create_dir(&folder).unwrap();
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
        write("fire.toml", "title = \"By the fire\"\norder = \"free\"\n");
        write("broken.toml", "title = ");
        write("Large Name.toml", "title = \"A\"\norder = \"free\"\n");
        write("huge.toml", &"#".repeat(FORMAT_BYTES_MAX + 1));
        write("notes.txt", "not a format");
        let own = HomeFormats::load(home.path());
        assert_eq!(own.loaded, ["fire"]);
        assert_eq!(&*own.formats.find("fire").unwrap().title, "By the fire");
        let wrong: Vec<_> = own.rejected.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(wrong, ["Large Name", "broken", "huge"]);
        assert!(own.rejected.iter().all(|(_, why)| !why.is_empty()));
    }

    #[test]
    fn more_files_than_a_home_has_formats_are_said() {
        let home = TempFolder::new("sitwith-formats-many").unwrap();
        let folder = home.path().join(FORMATS_FOLDER);
        fs::create_dir(&folder).unwrap();
        for n in 0..FORMATS_MAX + 5 {
            let text = "title = \"A\"\norder = \"free\"\n";
            fs::write(folder.join(format!("f{n:03}.toml")), text).unwrap();
        }
        let own = HomeFormats::load(home.path());
        assert_eq!(own.formats.iter().count(), FORMATS_MAX);
        assert_eq!(own.loaded.len() + own.rejected.len(), FORMATS_MAX + 5);
    }
}
