//! Malformed packs are refused; valid ones round-trip.

use std::path::Path;

use super::{
    HEADER_BYTES_MAX, MAGIC, ModelHeader, ModelKind, Pack, PackNo, PackedPart, VERSION,
    parse_header, read_header, sha256_hex, write_pack,
};

static BUILT: &[u8] = include_bytes!("../../model/minilm.pack");
/// As printed by `pack`.
const SUM: &str = "b73851d495d9f5ad52e0bf15e4a715b353d15ddd330dd566c5dd6098cb650483";

fn sample_header() -> ModelHeader {
    ModelHeader {
        kind: ModelKind::Bert,
        name: "small".to_owned(),
        origin: "a test".to_owned(),
        licence: "CC0-1.0".to_owned(),
        notice: String::new(),
        languages: vec!["eng".to_owned()],
        dimensions: 4,
        tokens: 8,
        layers: 1,
        heads: 2,
        parts: Vec::new(),
    }
}

fn sample_matrix() -> Vec<f32> {
    (0_i16..300).map(|number| f32::from(number - 150) / 77.0).collect()
}

fn small_pack() -> Vec<u8> {
    let parts = vec![
        PackedPart::bytes("vocabulary", &[3], b"a\nb"),
        PackedPart::whole("bias", &[2], &[0.5, -1.5]),
        PackedPart::rows("weight", [3, 100], &sample_matrix()),
    ];
    write_pack(&sample_header(), parts).unwrap()
}

/// A pack with this header and body and a correct checksum.
fn pack_bytes(header: &str, body: &[u8]) -> Vec<u8> {
    use sha2::Digest as _;
    let mut pack = MAGIC.to_vec();
    pack.extend(VERSION.to_le_bytes());
    pack.extend(u32::try_from(header.len()).unwrap().to_le_bytes());
    pack.extend(header.as_bytes());
    pack.extend(body);
    let sum = sha2::Sha256::digest(&pack);
    pack.extend(sum);
    pack
}

/// The small pack's header with `old` replaced.
fn header_with(old: &str, new: &str) -> String {
    let pack = small_pack();
    let length = u32::from_le_bytes(pack[12..16].try_into().unwrap());
    let header = std::str::from_utf8(&pack[16..16 + super::as_usize(length)]).unwrap();
    assert!(header.contains(old), "{header}");
    header.replacen(old, new, 1)
}

fn expect_refusal(bytes: Vec<u8>) -> PackNo {
    Pack::from_bytes(bytes).err().expect("it is refused")
}

#[test]
fn the_pack_that_ships_is_the_one_the_packer_made() {
    assert_eq!(sha256_hex(BUILT), SUM);
    let pack = Pack::from_static(BUILT).unwrap();
    assert_eq!(pack.header().name, "all-MiniLM-L6-v2");
    assert_eq!(pack.header().licence, "Apache-2.0");
    assert_eq!(pack.header().languages, ["eng"]);
    assert_eq!(pack.header().dimensions, 384);
}

#[test]
fn a_pack_comes_back_as_it_was_written() {
    let pack = Pack::from_bytes(small_pack()).unwrap();
    assert_eq!(pack.read_text("vocabulary").unwrap(), "a\nb");
    assert_eq!(pack.read_f32("bias", &[2]).unwrap(), [0.5, -1.5]);
    let rows = pack.quantized_rows("weight", 3, 100).unwrap();
    assert_eq!(rows.dequantize_row(1).unwrap().count(), 100);
    assert!(rows.dequantize_row(3).is_none());
    let all = rows.dequantize_all().unwrap();
    for (came, went) in all.iter().zip(sample_matrix()) {
        // Half a step at the largest absolute value, which is the first.
        assert!((came - went).abs() <= 150.0 / 77.0 / 127.0 / 1.9, "{came} {went}");
    }
    assert_eq!(parse_header(&small_pack()).unwrap().name, "small");
}

#[test]
fn the_same_parts_make_the_same_bytes() {
    assert_eq!(small_pack(), small_pack());
}

#[test]
fn rows_of_noughts_stay_noughts() {
    let parts = vec![PackedPart::rows("weight", [2, 70], &[0.0; 140])];
    let pack = Pack::from_bytes(write_pack(&sample_header(), parts).unwrap()).unwrap();
    assert_eq!(pack.quantized_rows("weight", 2, 70).unwrap().dequantize_all().unwrap(), [0.0; 140]);
}

#[test]
fn a_pack_cut_off_anywhere_is_refused() {
    let whole = small_pack();
    for length in 0..whole.len() {
        assert!(Pack::from_bytes(whole[..length].to_vec()).is_err(), "{length}");
    }
    let mut longer = whole;
    longer.push(0);
    assert!(matches!(expect_refusal(longer), PackNo::Length));
}

#[test]
fn a_pack_with_one_bit_changed_is_refused() {
    let whole = small_pack();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        assert!(Pack::from_bytes(changed).is_err(), "{at}");
    }
}

#[test]
fn lengths_that_lie_are_refused() {
    let cases = [
        ("shape = [3, 100]", "shape = [4294967295, 4294967295]"),
        ("shape = [3, 100]", "shape = [268435456, 268435456]"),
        ("shape = [3, 100]", "shape = [0, 100]"),
        ("shape = [3, 100]", "shape = [3, 99]"),
        ("shape = [3, 100]", "shape = [3, 100, 1]"),
        ("shape = [3, 100]", "shape = []"),
        ("shape = [3, 100]", "shape = [-3, 100]"),
        ("name = \"bias\"", "name = \"weight\""),
        ("form = \"q8\"", "form = \"q4\""),
        ("kind = \"bert\"", "kind = \"oracle\""),
        ("heads = 2", "heads = 0"),
        ("tokens = 8", "tokens = 100000"),
        ("layers = 1", "layers = 4000000000"),
        ("languages = [\"eng\"]", "languages = []"),
        ("languages = [\"eng\"]", "languages = [\"elvish\"]"),
        ("name = \"small\"", "name = \"\""),
        ("name = \"small\"", "name = \"small\"\nmore = 1"),
    ];
    let body: Vec<u8> = vec![0; 3 + 8 + 312];
    assert!(Pack::from_bytes(pack_bytes(&header_with("", ""), &body)).is_ok());
    for (old, new) in cases {
        assert!(Pack::from_bytes(pack_bytes(&header_with(old, new), &body)).is_err(), "{new}");
    }
}

#[test]
fn a_header_longer_than_may_be_is_not_even_read() {
    let mut pack = MAGIC.to_vec();
    pack.extend(VERSION.to_le_bytes());
    pack.extend(u32::MAX.to_le_bytes());
    assert!(matches!(expect_refusal(pack), PackNo::TooLong(_)));
    let long = format!("# {}", "x".repeat(HEADER_BYTES_MAX));
    assert!(matches!(expect_refusal(pack_bytes(&long, &[])), PackNo::TooLong(_)));
}

#[test]
fn other_files_and_other_versions_are_told_apart() {
    assert!(matches!(expect_refusal(b"GGUF and so on, for many bytes".to_vec()), PackNo::Foreign));
    let mut pack = small_pack();
    pack[8] = 2;
    assert!(matches!(expect_refusal(pack), PackNo::Version(2)));
    assert!(matches!(read_header(Path::new("no such file")), Err(PackNo::Unread(_))));
}

#[test]
fn a_part_is_given_out_only_in_its_own_form_and_shape() {
    let pack = Pack::from_bytes(small_pack()).unwrap();
    assert!(pack.read_f32("bias", &[3]).is_err());
    assert!(pack.read_f32("weight", &[3, 100]).is_err());
    assert!(pack.quantized_rows("weight", 100, 3).is_err());
    assert!(pack.quantized_rows("nothing", 3, 100).is_err());
    assert!(pack.read_bytes("weight").is_err());
}

#[test]
fn numbers_that_are_none_are_refused() {
    let parts = vec![PackedPart::whole("bias", &[2], &[0.5, f32::NAN])];
    let pack = Pack::from_bytes(write_pack(&sample_header(), parts).unwrap()).unwrap();
    assert!(matches!(pack.read_f32("bias", &[2]), Err(PackNo::Unfit(_))));
}
