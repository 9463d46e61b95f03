//! Links only where the crate and everything it depends on are `no_std`: a second panic handler beside std's would not.
#![no_std]

use core::alloc::{GlobalAlloc, Layout};
use fhir_dicomweb::{Options, Release, dicom, fhir};

struct NoMemory;

unsafe impl GlobalAlloc for NoMemory {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static MEMORY: NoMemory = NoMemory;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// Uses both directions of the seam, so that the linker keeps them.
#[unsafe(no_mangle)]
pub extern "C" fn maps(bytes: *const u8, len: usize) -> usize {
    let text = unsafe { core::slice::from_raw_parts(bytes, len) };
    let options = Options::default();
    dicom::read(text, &options).map_or(0, |read| read.ignore_loss().iter().map(|study| fhir::write(study, Release::R4, &options).ignore_loss().as_str().len()).sum())
}
