//! Pictures: the first byte chooses the format, so that an input keeps its kind while the rest changes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((kind, rest)) = data.split_first() else { return };
    let magic: &[u8] = match kind % 3 {
        0 => b"\x89PNG\r\n\x1a\n",
        1 => b"\xff\xd8\xff",
        _ => b"II*\0",
    };
    let mut bytes = magic.to_vec();
    bytes.extend_from_slice(rest.strip_prefix(magic).unwrap_or(rest));
    vitae_fuzz::hold(&bytes);
});
