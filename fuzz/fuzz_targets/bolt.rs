#![no_main]
//! The metadata of containerd: a bbolt database.

use libfuzzer_sys::fuzz_target;
use sekisho_engine::Bolt;

fuzz_target!(|data: &[u8]| {
    let database = Bolt::from_bytes(data.to_vec());
    drop(database.read(&|snapshot| {
        let Some(version) = snapshot.bucket(&[b"v1"])? else { return Ok(()) };
        for namespace in snapshot.bucket_names(&version)? {
            let path: [&[u8]; 4] = [b"v1", &namespace, b"images", b"a"];
            if let Some(image) = snapshot.bucket(&path)?
                && let Some(target) = snapshot.sub_bucket(&image, b"target")?
            {
                snapshot.value(&target, b"digest")?;
            }
        }
        Ok(())
    }));
});
