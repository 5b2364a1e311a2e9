//! Word files and OpenDocument texts: the input is the main part's XML, packed anew each time, because a fuzzer seldom
//! meets a checksum. An input that is an archive already is taken as it is.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if data.starts_with(b"PK\x03\x04") {
        vitae_fuzz::hold(data);
    } else if data.starts_with(b"<office:") {
        vitae_fuzz::hold(&vitae_fuzz::odt(data));
    } else {
        vitae_fuzz::hold(&vitae_fuzz::docx(data));
    }
});
