#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| providers_fuzz::webhook("yampi", data));
