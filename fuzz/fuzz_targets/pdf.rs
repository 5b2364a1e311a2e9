//! PDF files: what a fuzzer makes of the seeds, and what it makes of the words on a page of a whole file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut bytes = Vec::with_capacity(data.len() + 5);
    if !data.starts_with(b"%PDF-") {
        bytes.extend_from_slice(b"%PDF-1.7\n");
    }
    bytes.extend_from_slice(data);
    vitae_fuzz::hold(&bytes);
});
