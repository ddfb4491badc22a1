//! Pictures of a page, kept small, and whether two of them show the same.
//!
//! Two computers draw the same letters with slightly other edges, so pixels are not compared. Both pictures are shrunk until
//! letters are grey and then blurred; what is left is where something is and how dark. Edges of letters change that by a
//! few shades, a zone that moved or a row that is missing by many.

mod palette;

use std::{
    fs::{self, File},
    io::BufWriter,
    path::Path,
};

use png::{BitDepth, ColorType, Compression, Decoder, Encoder, Filter, Transformations};

/// How many pixels of the window become one that is kept, across and down.
const KEPT: usize = 4;
/// How many kept pixels become one cell that is compared.
const CELL: usize = 2;
/// From which difference on, of 255, a cell counts as another.
const OTHER: u8 = 20;
/// How many of ten thousand cells may be others.
const MAY_DIFFER: usize = 25;

/// A picture in colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    /// Red, green and blue of each pixel, by rows.
    rgb: Vec<u8>,
}

/// How far two pictures are apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// How many of ten thousand cells are others.
    pub cells: usize,
    /// The largest difference of a cell, of 255.
    pub largest: u8,
    /// Where they are: a picture whose dark cells are the others.
    pub map: Picture,
}

impl Difference {
    /// Tells whether the pictures show something else.
    pub const fn is_other(&self) -> bool {
        self.cells > MAY_DIFFER
    }
}

impl Picture {
    /// Reads a PNG.
    ///
    /// # Panics
    /// When it is not one, or of a kind that no browser writes.
    #[track_caller]
    pub fn of_png(bytes: &[u8]) -> Self {
        let mut decoder = Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
        let mut reader = decoder.read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a PNG of a usual size")];
        let info = reader.next_frame(&mut pixels).expect("a whole PNG");
        let channels = match info.color_type {
            ColorType::Rgb => 3,
            ColorType::Rgba => 4,
            other => panic!("{other:?} is not a picture of a window"),
        };
        let rgb = pixels
            .chunks_exact(channels)
            .flat_map(|pixel| pixel.iter().take(3).copied())
            .collect();
        Self {
            width: usize::try_from(info.width).expect("a width"),
            height: usize::try_from(info.height).expect("a height"),
            rgb,
        }
    }

    /// Reads a PNG file, if it is there.
    #[track_caller]
    pub fn read(file: &Path) -> Option<Self> {
        fs::read(file).ok().map(|bytes| Self::of_png(&bytes))
    }

    /// Writes a PNG file, as small as it can be.
    ///
    /// # Panics
    /// When it cannot be written.
    #[track_caller]
    pub fn write(&self, file: &Path) {
        self.encode(file, ColorType::Rgb, None, &self.rgb);
    }

    /// Writes a PNG file of at most 256 colours, which for a page is a third of the size and looks the same.
    ///
    /// # Panics
    /// When it cannot be written.
    #[track_caller]
    pub fn write_in_few_colours(&self, file: &Path) {
        let (palette, places) = palette::reduced(&self.rgb);
        self.encode(file, ColorType::Indexed, Some(palette.concat()), &places);
    }

    #[track_caller]
    fn encode(&self, file: &Path, kind: ColorType, palette: Option<Vec<u8>>, data: &[u8]) {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).expect("a folder for the picture");
        }
        let out = BufWriter::new(File::create(file).expect("a file for the picture"));
        let side = |length: usize| u32::try_from(length).expect("a side");
        let mut encoder = Encoder::new(out, side(self.width), side(self.height));
        encoder.set_color(kind);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_compression(Compression::High);
        if let Some(palette) = palette {
            encoder.set_palette(palette);
            // Places in a list of colours are no amounts: to write how they differ makes them no smaller.
            encoder.set_filter(Filter::NoFilter);
        }
        encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(data))
            .expect("the picture is written");
    }

    /// Returns how many pixels it is wide and high.
    pub const fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Returns the picture as it is kept: a quarter as wide and as high.
    #[must_use]
    pub fn small(&self) -> Self {
        self.shrunk(KEPT)
    }

    /// Compares two pictures as they are kept.
    ///
    /// # Panics
    /// When they are not of one size.
    #[track_caller]
    pub fn against(&self, kept: &Self) -> Difference {
        assert_eq!(self.size(), kept.size(), "the pictures are of one size");
        let (here, there) = (self.shrunk(CELL).blurred(), kept.shrunk(CELL).blurred());
        let apart: Vec<u8> = (here.rgb.chunks_exact(3))
            .zip(there.rgb.chunks_exact(3))
            .map(|(one, other)| farthest(one, other))
            .collect();
        let others = apart.iter().filter(|apart| **apart >= OTHER).count();
        let light = |apart: &u8| [255 - apart.saturating_mul(6); 3];
        Difference {
            cells: others * 10_000 / apart.len().max(1),
            largest: apart.iter().copied().max().unwrap_or_default(),
            map: Self {
                rgb: apart.iter().flat_map(light).collect(),
                ..here
            },
        }
    }

    /// The mean of each square of `by` pixels; what is left over at the edges is dropped.
    fn shrunk(&self, by: usize) -> Self {
        let (width, height) = (self.width / by, self.height / by);
        let inside = |x: usize, y: usize| {
            (0..by).flat_map(move |down| (0..by).map(move |right| (x * by + right, y * by + down)))
        };
        self.drawn(width, height, inside)
    }

    /// Each pixel the mean of itself and those around it.
    fn blurred(&self) -> Self {
        let (width, height) = (self.width, self.height);
        let around = move |x: usize, y: usize| {
            let columns = x.saturating_sub(1)..(x + 2).min(width);
            (y.saturating_sub(1)..(y + 2).min(height))
                .flat_map(move |row| columns.clone().map(move |column| (column, row)))
        };
        self.drawn(width, height, around)
    }

    /// A picture of which each pixel is the mean of some of this one.
    fn drawn<I: Iterator<Item = (usize, usize)>>(
        &self,
        width: usize,
        height: usize,
        from: impl Fn(usize, usize) -> I,
    ) -> Self {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let rgb = places.flat_map(|(x, y)| self.mean(from(x, y))).collect();
        Self { width, height, rgb }
    }

    fn mean(&self, places: impl Iterator<Item = (usize, usize)>) -> [u8; 3] {
        let mut sums = [0_usize; 3];
        let mut count = 0;
        for (x, y) in places {
            let start = (y * self.width + x) * 3;
            for (sum, value) in sums.iter_mut().zip(&self.rgb[start..start + 3]) {
                *sum += usize::from(*value);
            }
            count += 1;
        }
        sums.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX))
    }
}

fn farthest(one: &[u8], other: &[u8]) -> u8 {
    let pairs = one.iter().zip(other);
    pairs.map(|(a, b)| a.abs_diff(*b)).max().unwrap_or_default()
}

#[cfg(test)]
mod tests;
