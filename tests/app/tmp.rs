#[test]
fn tmp() {
    let mut app = super::start();
    let v = app.script("const t0 = performance.now(); return (async () => { const n=200; const a=[]; for (let i=0;i<n;i++){ const t=performance.now(); await window.__TAURI_INTERNALS__.invoke('app_info'); a.push(performance.now()-t);} a.sort((x,y)=>x-y); return [a[0],a[n/2],a[n*0.95|0],a[n-1], navigator.language, innerWidth, innerHeight, document.visibilityState, performance.timing.domContentLoadedEventEnd-performance.timing.navigationStart, devicePixelRatio, getComputedStyle(document.querySelector('iframe')).display] })()", &[]);
    eprintln!("{v}");
    app.desktop()
        .run("dunstify", &["-a", "X", "Titulo", "Corpo"])
        .unwrap();
    let t = std::time::Instant::now();
    eprintln!(
        "{:?} {:?}",
        app.desktop().expect_notice("x", |n| n.summary == "Titulo"),
        t.elapsed()
    );
    let t = std::time::Instant::now();
    app.restart();
    eprintln!("{:?}", t.elapsed());
    app.screenshot(std::path::Path::new("/tmp/shot.png"));
    eprintln!("{}", app.desktop().run("bash", &["-c", "import -window root /tmp/root.png; xdotool search --name Balc getwindowgeometry; ls -laR $0", app.data_dir().to_str().unwrap()]).unwrap());
    eprintln!("LOG {}", app.log());
}
