use super::*;

const WIDTH: usize = 1280;
const HEIGHT: usize = 800;

/// A window in the manner of the real one: four zones, rows with lines of letters; `ink` draws the letters' pixels.
fn window(list: usize, rows: usize, ink: impl Fn(usize, usize) -> u8) -> Picture {
    let mut rgb = Vec::with_capacity(WIDTH * HEIGHT * 3);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let zone = if x < 208 {
                243
            } else if x < 208 + list {
                249
            } else if x < 952 {
                250
            } else {
                255
            };
            let row = y / 60;
            let is_letter = x > 220 && x < 200 + list && row < rows && (y % 20) < 9;
            let edge = x == 208 || x == 208 + list || x == 952;
            let grey = if edge {
                220
            } else if is_letter {
                ink(x, y)
            } else {
                zone
            };
            rgb.extend([grey; 3]);
        }
    }
    Picture {
        width: WIDTH,
        height: HEIGHT,
        rgb,
    }
}

/// Letters as stems and gaps, the stems as dark as a rasteriser likes them.
fn stems(darkness: u8, from: usize) -> impl Fn(usize, usize) -> u8 {
    move |x, _| {
        if (x + from) % 6 < 2 {
            255 - darkness
        } else {
            249
        }
    }
}

fn difference(one: &Picture, other: &Picture) -> Difference {
    one.small().against(&other.small())
}

#[test]
fn a_picture_is_like_itself() {
    let picture = window(344, 10, stems(200, 0));
    let apart = difference(&picture, &picture);
    assert_eq!((apart.cells, apart.largest), (0, 0));
}

#[test]
fn letters_drawn_by_another_rasteriser_are_the_same() {
    let kept = window(344, 10, stems(200, 0));
    for (name, other) in [
        ("lighter stems", window(344, 10, stems(175, 0))),
        ("darker stems", window(344, 10, stems(230, 0))),
        ("half a stem aside", window(344, 10, stems(200, 1))),
    ] {
        let apart = difference(&other, &kept);
        assert!(!apart.is_other(), "{name}: {apart:?}", apart = apart.cells);
    }
}

#[test]
fn what_moved_or_is_missing_is_another() {
    let kept = window(344, 10, stems(200, 0));
    for (name, other) in [
        ("a wider list", window(368, 10, stems(200, 0))),
        ("one row less", window(344, 9, stems(200, 0))),
        ("no letters", window(344, 10, |_, _| 249)),
    ] {
        let apart = difference(&other, &kept);
        assert!(apart.is_other(), "{name}: {}", apart.cells);
    }
}

#[test]
fn a_picture_outlives_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pictures/one.png");
    let picture = window(344, 10, stems(200, 0)).small();
    assert_eq!(Picture::read(&file), None);
    picture.write(&file);
    assert_eq!(Picture::read(&file), Some(picture));
}
