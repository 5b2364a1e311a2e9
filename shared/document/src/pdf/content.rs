//! Runs the content of a page and collects its glyphs, its filled shapes and its pictures.
//!
//! The operators are interpreted here rather than through a drawing device, for three reasons: the text's font
//! dictionary (name, weight, flags) is at hand for every kind of font, an operation counted too many ends the work at
//! once, and glyphs are never drawn, only placed.

use super::colour::{self, BLACK, Colour, Space};
use super::font::{self, Fonts};
use crate::{Limits, ReadError};
use hayro_font::hayro_syntax::content::TypedIter;
use hayro_font::hayro_syntax::content::ops::TypedInstruction;
use hayro_font::hayro_syntax::object::{Array, Dict, Name, ObjRef, Object, Rect as PdfRect, Stream};
use hayro_font::hayro_syntax::page::{Page, Resources};
use hayro_font::kurbo::{Affine, Point, Rect, Vec2};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::time::Instant;

/// Deepest nesting of forms within forms.
const MAX_DEPTH: usize = 24;
/// Most graphics states saved at a time; beyond, `q` and `Q` still balance but save nothing.
const MAX_SAVED: usize = 512;
/// Filled shapes with more points than this are artwork.
const MAX_POINTS: usize = 256;
/// Most shapes and pictures remembered of a page.
const MAX_SHAPES: usize = 6_000;

/// What is left of the limits on work, over all pages.
pub(super) struct Budget {
    operators: u64,
    /// Operations since the clock was looked at.
    unchecked: u64,
    glyphs: usize,
    deadline: Instant,
    limits: Limits,
}

/// A glyph as it stands on the page: points, from the top left corner.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub(super) text: Box<str>,
    pub(super) origin: Point,
    /// From its origin to where the next glyph would stand, without letter or word spacing.
    pub(super) advance: Vec2,
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) colour: Colour,
    pub(super) alpha: f32,
    /// Place in the order of painting.
    pub(super) order: usize,
    pub(super) hidden: Option<&'static str>,
    /// The font does not tell its characters.
    pub(super) unmapped: bool,
    font: usize,
}

/// A filled area or a picture.
#[derive(Debug, Clone)]
pub(super) struct Painted {
    pub(super) bounds: Rect,
    /// Corners of each part; empty for a plain rectangle.
    outline: Vec<Vec<Point>>,
    /// `None` for pictures and patterns.
    pub(super) colour: Colour,
    pub(super) alpha: f32,
    pub(super) picture: bool,
    /// Whether nothing under it can be seen.
    pub(super) opaque: bool,
    pub(super) order: usize,
}

/// Everything collected from a page.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) glyphs: Vec<Glyph>,
    pub(super) painted: Vec<Painted>,
    /// How many shapes were painted, remembered or not.
    pub(super) shapes: usize,
    /// Straight lines along the page's edges, thin shapes among them: what tables are ruled with.
    pub(super) rules: Vec<Rect>,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            operators: limits.operators,
            unchecked: 0,
            glyphs: limits.glyphs,
            deadline: Instant::now() + limits.wall,
            limits: limits.clone(),
        }
    }

    fn spend(&mut self, operators: u64) -> Result<(), ReadError> {
        self.operators = self
            .operators
            .checked_sub(operators)
            .ok_or_else(|| ReadError::over_limit("drawing operations", self.limits.operators))?;
        self.unchecked += operators;
        if self.unchecked > 1_000 {
            self.unchecked = 0;
            if Instant::now() > self.deadline {
                return Err(ReadError::TimedOut { seconds: self.limits.wall.as_secs() });
            }
        }
        Ok(())
    }

    fn spend_glyph(&mut self) -> Result<(), ReadError> {
        self.glyphs =
            self.glyphs.checked_sub(1).ok_or_else(|| ReadError::over_limit("glyphs", self.limits.glyphs as u64))?;
        Ok(())
    }
}

impl Painted {
    pub(super) fn contains(&self, point: Point) -> bool {
        if !self.bounds.contains(point) {
            return false;
        }
        // The even-odd rule over all parts: a frame made of two rectangles does not lie behind what it frames.
        self.outline.is_empty() || self.outline.iter().filter(|part| inside(part, point)).count() % 2 == 1
    }

    /// Whether it hides all of a box that was painted before it.
    pub(super) fn covers(&self, bounds: Rect) -> bool {
        self.opaque && self.outline.is_empty() && self.bounds.contains_rect(bounds)
    }
}

/// Optional content groups (layers) that are switched off by default.
pub(super) fn layers_switched_off(catalog: &Dict<'_>) -> HashSet<(u32, i32)> {
    let mut off = HashSet::new();
    let Some(properties) = catalog.get::<Dict<'_>>(&b"OCProperties"[..]) else { return off };
    let Some(config) = properties.get::<Dict<'_>>(&b"D"[..]) else { return off };
    let references = |dict: &Dict<'_>, key: &[u8]| -> Vec<ObjRef> {
        dict.get::<Array<'_>>(key)
            .map(|array| array.raw_iter().take(10_000).filter_map(|item| item.as_obj_ref()).collect())
            .unwrap_or_default()
    };
    let base_off = config.get::<Name<'_>>(&b"BaseState"[..]).is_some_and(|state| state.as_ref() == b"OFF");
    if base_off {
        off.extend(references(&properties, b"OCGs").iter().map(|r| (r.obj_number, r.gen_number)));
        for reference in references(&config, b"ON") {
            off.remove(&(reference.obj_number, reference.gen_number));
        }
    }
    off.extend(references(&config, b"OFF").iter().map(|r| (r.obj_number, r.gen_number)));
    off
}

/// Runs a page: its content, then the appearances of its annotations.
pub(super) fn run<'a>(
    page: &Page<'a>,
    fonts: &mut Fonts<'a>,
    layers_off: &HashSet<(u32, i32)>,
    budget: &mut Budget,
) -> Result<Content, ReadError> {
    let [a, b, c, d, e, f] = page.initial_transform(true).as_coeffs();
    let (width, height) = page.render_dimensions();
    let clip = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let mut machine = Machine {
        fonts,
        layers_off,
        budget,
        out: Content::default(),
        state: State::new(Affine::new([a, b, c, d, e, f]), clip),
        page_clip: clip,
        saved: Vec::new(),
        text_matrix: Affine::IDENTITY,
        line_matrix: Affine::IDENTITY,
        path: Vec::new(),
        path_points: 0,
        pending_clip: false,
        marked: Vec::new(),
        depth: 0,
        order: 0,
        forms: HashMap::new(),
    };
    machine.budget.spend(page.page_stream().map_or(0, |stream| stream.len() as u64 / 64))?;
    machine.interpret(page.typed_operations(), page.resources())?;
    if let Some(annotations) = page.raw().get::<Array<'_>>(&b"Annots"[..]) {
        for annotation in annotations.iter::<Dict<'_>>().take(5_000) {
            machine.annotation(&annotation, page.resources())?;
        }
    }
    let mut content = machine.out;
    // Known only now that all fonts of the page are loaded.
    let thickened: Vec<bool> = (0..fonts.count()).map(|font| fonts.is_thickened(font)).collect();
    for glyph in &mut content.glyphs {
        glyph.bold |= thickened[glyph.font];
    }
    Ok(content)
}

#[derive(Debug, Clone)]
struct State {
    ctm: Affine,
    clip: Rect,
    fill: Colour,
    fill_space: Space,
    fill_alpha: f32,
    stroke: Colour,
    stroke_space: Space,
    line_width: f32,
    blend_normal: bool,
    font: Option<usize>,
    font_size: f32,
    character_spacing: f32,
    word_spacing: f32,
    horizontal_scale: f32,
    leading: f32,
    rise: f32,
    mode: i64,
}

impl State {
    fn new(ctm: Affine, clip: Rect) -> Self {
        Self {
            ctm,
            clip,
            fill: BLACK,
            fill_space: Space::Gray,
            fill_alpha: 1.0,
            stroke: BLACK,
            stroke_space: Space::Gray,
            line_width: 1.0,
            blend_normal: true,
            font: None,
            font_size: 1.0,
            character_spacing: 0.0,
            word_spacing: 0.0,
            horizontal_scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
        }
    }
}

/// A marked-content sequence that is open.
struct Marked {
    visible: bool,
    /// Characters that stand for the glyphs within, until the first of them took it.
    actual_text: Option<String>,
    replaces: bool,
}

struct Form<'a> {
    program: Vec<u8>,
    matrix: Affine,
    bounds: Option<Rect>,
    resources: Option<Resources<'a>>,
    layer: Option<ObjRef>,
}

struct Machine<'a, 'm> {
    fonts: &'m mut Fonts<'a>,
    layers_off: &'m HashSet<(u32, i32)>,
    budget: &'m mut Budget,
    out: Content,
    state: State,
    page_clip: Rect,
    saved: Vec<State>,
    text_matrix: Affine,
    line_matrix: Affine,
    path: Vec<Vec<Point>>,
    path_points: usize,
    pending_clip: bool,
    marked: Vec<Marked>,
    depth: usize,
    order: usize,
    forms: HashMap<(u32, i32), Option<Rc<Form<'a>>>>,
}

impl<'a> Machine<'a, '_> {
    fn interpret(&mut self, mut operations: TypedIter<'_>, resources: &Resources<'a>) -> Result<(), ReadError> {
        use TypedInstruction as Op;
        let saved_before = self.saved.len();
        let marked_before = self.marked.len();
        let mut skipped_saves = 0_usize;
        while let Some(operation) = operations.next() {
            self.budget.spend(1)?;
            match operation {
                Op::SaveState(_) if self.saved.len() < MAX_SAVED => self.saved.push(self.state.clone()),
                Op::SaveState(_) => skipped_saves += 1,
                Op::RestoreState(_) if skipped_saves > 0 => skipped_saves -= 1,
                Op::RestoreState(_) => {
                    if self.saved.len() > saved_before
                        && let Some(state) = self.saved.pop()
                    {
                        self.state = state;
                    }
                }
                Op::Transform(t) => {
                    self.state.ctm *= Affine::new([&t.0, &t.1, &t.2, &t.3, &t.4, &t.5].map(|n| n.as_f64()));
                }
                Op::LineWidth(width) => self.state.line_width = width.0.as_f32(),
                Op::SetGraphicsState(name) => {
                    if let Some(parameters) = resources.get_ext_g_state(name.0) {
                        self.graphics_state(&parameters);
                    }
                }

                Op::MoveTo(p) => self.move_to(p.0.as_f64(), p.1.as_f64()),
                Op::LineTo(p) => self.line_to(p.0.as_f64(), p.1.as_f64()),
                // The end points of a curve are enough for where a shape lies.
                Op::CubicTo(c) => {
                    self.curve_to([&c.0, &c.1, &c.2, &c.3, &c.4, &c.5].map(|n| n.as_f64()));
                }
                Op::CubicStartTo(c) => self.line_to(c.2.as_f64(), c.3.as_f64()),
                Op::CubicEndTo(c) => self.line_to(c.2.as_f64(), c.3.as_f64()),
                Op::RectPath(r) => {
                    let [x, y, w, h] = [&r.0, &r.1, &r.2, &r.3].map(|n| n.as_f64());
                    self.move_to(x, y);
                    self.line_to(x + w, y);
                    self.line_to(x + w, y + h);
                    self.line_to(x, y + h);
                }
                Op::ClosePath(_) => {}
                Op::FillPathNonZero(_)
                | Op::FillPathNonZeroCompatibility(_)
                | Op::FillPathEvenOdd(_)
                | Op::FillAndStrokeNonZero(_)
                | Op::FillAndStrokeEvenOdd(_)
                | Op::CloseFillAndStrokeNonZero(_)
                | Op::CloseFillAndStrokeEvenOdd(_) => {
                    self.fill_path();
                    self.end_path();
                }
                Op::StrokePath(_) | Op::CloseAndStrokePath(_) => {
                    self.out.shapes += 1;
                    self.stroke_rules();
                    self.end_path();
                }
                Op::EndPath(_) => self.end_path(),
                Op::ClipNonZero(_) | Op::ClipEvenOdd(_) => self.pending_clip = true,

                Op::NonStrokeColorDeviceGray(c) => self.set_fill(Space::Gray, &[c.0.as_f32()]),
                Op::NonStrokeColorDeviceRgb(c) => {
                    self.set_fill(Space::Rgb, &[c.0.as_f32(), c.1.as_f32(), c.2.as_f32()]);
                }
                Op::NonStrokeColorCmyk(c) => {
                    self.set_fill(Space::Cmyk, &[c.0.as_f32(), c.1.as_f32(), c.2.as_f32(), c.3.as_f32()]);
                }
                Op::StrokeColorDeviceGray(c) => self.set_stroke(Space::Gray, &[c.0.as_f32()]),
                Op::StrokeColorDeviceRgb(c) => {
                    self.set_stroke(Space::Rgb, &[c.0.as_f32(), c.1.as_f32(), c.2.as_f32()]);
                }
                Op::StrokeColorCmyk(c) => {
                    self.set_stroke(Space::Cmyk, &[c.0.as_f32(), c.1.as_f32(), c.2.as_f32(), c.3.as_f32()]);
                }
                Op::ColorSpaceNonStroke(name) => {
                    let space = colour::space(&resources.color_spaces, name.0).unwrap_or(Space::Pattern);
                    self.state.fill = space.initial();
                    self.state.fill_space = space;
                }
                Op::ColorSpaceStroke(name) => {
                    let space = colour::space(&resources.color_spaces, name.0).unwrap_or(Space::Pattern);
                    self.state.stroke = space.initial();
                    self.state.stroke_space = space;
                }
                Op::NonStrokeColor(c) => {
                    let components: Vec<f32> = c.0.iter().map(|n| n.as_f32()).collect();
                    self.state.fill = self.state.fill_space.colour(&components);
                }
                Op::NonStrokeColorNamed(c) => {
                    let components: Vec<f32> = c.0.iter().map(|n| n.as_f32()).collect();
                    self.state.fill = match c.1 {
                        Some(_) => None,
                        None => self.state.fill_space.colour(&components),
                    };
                }
                Op::StrokeColor(c) => {
                    let components: Vec<f32> = c.0.iter().map(|n| n.as_f32()).collect();
                    self.state.stroke = self.state.stroke_space.colour(&components);
                }
                Op::StrokeColorNamed(c) => {
                    let components: Vec<f32> = c.0.iter().map(|n| n.as_f32()).collect();
                    self.state.stroke = match c.1 {
                        Some(_) => None,
                        None => self.state.stroke_space.colour(&components),
                    };
                }

                Op::BeginText(_) => {
                    self.text_matrix = Affine::IDENTITY;
                    self.line_matrix = Affine::IDENTITY;
                }
                Op::TextFont(font) => {
                    self.state.font_size = font.1.as_f32();
                    self.state.font = resources.get_font(font.0).and_then(|dict| self.fonts.get(&dict));
                }
                Op::CharacterSpacing(n) => self.state.character_spacing = n.0.as_f32(),
                Op::WordSpacing(n) => self.state.word_spacing = n.0.as_f32(),
                Op::HorizontalScaling(n) => self.state.horizontal_scale = n.0.as_f32() / 100.0,
                Op::TextLeading(n) => self.state.leading = n.0.as_f32(),
                Op::TextRise(n) => self.state.rise = n.0.as_f32(),
                Op::TextRenderingMode(n) => self.state.mode = n.0.as_i64(),
                Op::SetTextMatrix(m) => {
                    let matrix = Affine::new([&m.0, &m.1, &m.2, &m.3, &m.4, &m.5].map(|n| n.as_f64()));
                    self.text_matrix = matrix;
                    self.line_matrix = matrix;
                }
                Op::NextLine(n) => self.next_line(n.0.as_f64(), n.1.as_f64()),
                Op::NextLineAndSetLeading(n) => {
                    self.state.leading = -n.1.as_f32();
                    self.next_line(n.0.as_f64(), n.1.as_f64());
                }
                Op::NextLineUsingLeading(_) => self.next_line(0.0, -f64::from(self.state.leading)),
                Op::ShowText(s) => self.show(s.0.as_bytes())?,
                Op::NextLineAndShowText(s) => {
                    self.next_line(0.0, -f64::from(self.state.leading));
                    self.show(s.0.as_bytes())?;
                }
                Op::ShowTextWithParameters(s) => {
                    self.state.word_spacing = s.0.as_f32();
                    self.state.character_spacing = s.1.as_f32();
                    self.next_line(0.0, -f64::from(self.state.leading));
                    self.show(s.2.as_bytes())?;
                }
                Op::ShowTexts(parts) => {
                    for part in parts.0.iter::<Object<'_>>() {
                        self.budget.spend(1)?;
                        match part {
                            Object::Number(adjustment) => self.adjust(adjustment.as_f32()),
                            Object::String(string) => self.show(string.as_bytes())?,
                            _ => {}
                        }
                    }
                }

                Op::XObject(name) => {
                    if let Some(object) = resources.get_x_object(name.0) {
                        self.x_object(&object, resources)?;
                    }
                }
                Op::InlineImage(image) => self.picture(image.0.dict()),
                Op::Shading(_) => self.paint(Painted {
                    bounds: self.state.clip,
                    outline: Vec::new(),
                    colour: None,
                    alpha: self.state.fill_alpha,
                    picture: false,
                    opaque: false,
                    order: 0,
                }),

                Op::BeginMarkedContent(_) => self.begin_marked(None, None),
                Op::BeginMarkedContentWithProperties(mark) => {
                    let (properties, reference) = match mark.1 {
                        Object::Name(name) => {
                            (resources.properties.get::<Dict<'_>>(name), resources.properties.get_ref(name.as_ref()))
                        }
                        Object::Dict(dict) => (Some(dict.clone()), None),
                        _ => (None, None),
                    };
                    self.begin_marked(properties, reference);
                }
                Op::EndMarkedContent(_) if self.marked.len() > marked_before => {
                    self.marked.pop();
                }
                _ => {}
            }
        }
        self.path.clear();
        self.path_points = 0;
        self.pending_clip = false;
        self.marked.truncate(marked_before);
        if self.saved.len() > saved_before {
            self.state = self.saved[saved_before].clone();
            self.saved.truncate(saved_before);
        }
        Ok(())
    }

    fn graphics_state(&mut self, parameters: &Dict<'a>) {
        if let Some(alpha) = parameters.get::<f32>(&b"ca"[..]) {
            self.state.fill_alpha = alpha.clamp(0.0, 1.0);
        }
        if let Some(width) = parameters.get::<f32>(&b"LW"[..]) {
            self.state.line_width = width;
        }
        if parameters.contains_key(b"BM") {
            self.state.blend_normal = parameters
                .get::<Name<'_>>(&b"BM"[..])
                .is_some_and(|mode| matches!(mode.as_ref(), b"Normal" | b"Compatible"));
        }
        if let Some(font) = parameters.get::<Array<'a>>(&b"Font"[..]) {
            let mut items = font.iter::<Object<'a>>();
            if let (Some(dict), Some(size)) =
                (items.next().and_then(Object::into_dict), items.next().and_then(Object::into_f32))
            {
                self.state.font = self.fonts.get(&dict);
                self.state.font_size = size;
            }
        }
    }

    fn set_fill(&mut self, space: Space, components: &[f32]) {
        self.state.fill = space.colour(components);
        self.state.fill_space = space;
    }

    fn set_stroke(&mut self, space: Space, components: &[f32]) {
        self.state.stroke = space.colour(components);
        self.state.stroke_space = space;
    }

    fn move_to(&mut self, x: f64, y: f64) {
        if self.path_points < 4 * MAX_POINTS {
            self.path.push(vec![self.state.ctm * Point::new(x, y)]);
        }
        self.path_points += 1;
    }

    fn line_to(&mut self, x: f64, y: f64) {
        self.path_points += 1;
        if self.path_points < 4 * MAX_POINTS
            && let Some(part) = self.path.last_mut()
        {
            part.push(self.state.ctm * Point::new(x, y));
        }
    }

    fn curve_to(&mut self, [x1, y1, x2, y2, x, y]: [f64; 6]) {
        // Half way along, a point on the curve keeps circles and rounded boxes from shrinking to their corners.
        if let Some(from) = self.path.last().and_then(|part| part.last()).copied() {
            let control = [Point::new(x1, y1), Point::new(x2, y2), Point::new(x, y)].map(|p| self.state.ctm * p);
            let middle =
                (from.to_vec2() + 3.0 * control[0].to_vec2() + 3.0 * control[1].to_vec2() + control[2].to_vec2()) / 8.0;
            self.path_points += 1;
            if self.path_points < 4 * MAX_POINTS
                && let Some(part) = self.path.last_mut()
            {
                part.push(middle.to_point());
            }
        }
        self.line_to(x, y);
    }

    fn fill_path(&mut self) {
        self.out.shapes += 1;
        if self.path.is_empty() || !self.visible() {
            return;
        }
        let Some(bounds) = bounds_of(self.path.iter().flatten().copied()) else { return };
        let clipped = bounds.intersect(self.state.clip);
        if clipped.width() <= 0.0 || clipped.height() <= 0.0 {
            return;
        }
        let rectangle = self.path.len() == 1 && is_rectangle(&self.path[0]);
        // Of artwork nobody can say cheaply what it covers, so text on it is taken to be seen.
        let artwork = self.path_points > MAX_POINTS;
        if !artwork {
            self.fill_rules();
        }
        let outline = if rectangle || artwork { Vec::new() } else { self.path.clone() };
        let colour = self.state.fill.filter(|_| !artwork);
        self.paint(Painted {
            bounds: clipped,
            outline,
            colour,
            alpha: self.state.fill_alpha,
            picture: false,
            opaque: colour.is_some() && self.state.fill_alpha > 0.99 && self.state.blend_normal,
            order: 0,
        });
    }

    /// Remembers the parts of a stroked path that lie along the page's edges.
    fn stroke_rules(&mut self) {
        if !self.visible() || self.path_points > MAX_POINTS {
            return;
        }
        for part in std::mem::take(&mut self.path) {
            for pair in part.windows(2) {
                self.rule(Rect::from_points(pair[0], pair[1]));
            }
            // A rectangle's last side is not written.
            if let (true, [first, .., last]) = (part.len() == 4, &part[..]) {
                self.rule(Rect::from_points(*last, *first));
            }
        }
    }

    /// Remembers a shape that is a line, and the sides of a frame made of two rectangles.
    fn fill_rules(&mut self) {
        let parts: Vec<Rect> = self
            .path
            .iter()
            .filter(|part| is_rectangle(part))
            .filter_map(|part| bounds_of(part.iter().copied()))
            .collect();
        if let [one, two] = parts[..]
            && self.path.len() == 2
            && (one.contains_rect(two) || two.contains_rect(one))
        {
            let frame = one.union(two);
            let corners = [(frame.x0, frame.y0), (frame.x1, frame.y0), (frame.x1, frame.y1), (frame.x0, frame.y1)];
            for i in 0..4 {
                self.rule(Rect::from_points(corners[i], corners[(i + 1) % 4]));
            }
            return;
        }
        parts.into_iter().for_each(|part| self.rule(part));
    }

    fn rule(&mut self, bounds: Rect) {
        let (thin, long) = (bounds.width().min(bounds.height()), bounds.width().max(bounds.height()));
        let clipped = bounds.inset(0.1).intersect(self.state.clip);
        if thin <= 2.3
            && long >= 6.0
            && clipped.width() > 0.0
            && clipped.height() > 0.0
            && self.out.rules.len() < MAX_SHAPES
        {
            self.out.rules.push(bounds);
        }
    }

    fn end_path(&mut self) {
        if self.pending_clip {
            let bounds = bounds_of(self.path.iter().flatten().copied()).unwrap_or(Rect::ZERO);
            let clip = self.state.clip.intersect(bounds);
            self.state.clip = if clip.width() < 0.0 || clip.height() < 0.0 { Rect::ZERO } else { clip };
            self.pending_clip = false;
        }
        self.path.clear();
        self.path_points = 0;
    }

    fn paint(&mut self, mut painted: Painted) {
        self.order += 1;
        painted.order = self.order;
        if self.out.painted.len() + 1 == MAX_SHAPES {
            // From here on nobody keeps count of what lies behind a text.
            painted = Painted { bounds: self.page_clip, outline: Vec::new(), colour: None, opaque: false, ..painted };
        }
        if self.out.painted.len() < MAX_SHAPES {
            self.out.painted.push(painted);
        }
    }

    fn visible(&self) -> bool {
        self.marked.last().is_none_or(|mark| mark.visible)
    }

    fn begin_marked(&mut self, properties: Option<Dict<'_>>, reference: Option<ObjRef>) {
        if self.marked.len() >= MAX_SAVED {
            return;
        }
        let layer_off = reference.is_some_and(|reference| self.layer_is_off(reference, properties.as_ref()));
        let actual_text = properties
            .as_ref()
            .and_then(|dict| dict.get::<Object<'_>>(&b"ActualText"[..]))
            .and_then(Object::into_string)
            .map(|string| super::text_string(string.as_bytes()))
            // Producers use it for a ligature, a soft hyphen or an accent. Longer texts are left alone: a reader sees
            // the glyphs, and a text that says something else is how a CV is stuffed.
            .filter(|text| text.chars().count() <= 4);
        let visible = self.visible() && !layer_off;
        let replaces = actual_text.is_some();
        self.marked.push(Marked { visible, actual_text, replaces });
    }

    fn layer_is_off(&self, reference: ObjRef, properties: Option<&Dict<'_>>) -> bool {
        let off = |reference: &ObjRef| self.layers_off.contains(&(reference.obj_number, reference.gen_number));
        if off(&reference) {
            return true;
        }
        // A membership dictionary names several layers; one that is on shows the content, unless it says otherwise.
        let groups: Vec<ObjRef> = match properties {
            Some(dict) => match dict.get::<Array<'_>>(&b"OCGs"[..]) {
                Some(array) => array.raw_iter().take(64).filter_map(|item| item.as_obj_ref()).collect(),
                None => dict.get_ref(b"OCGs").into_iter().collect(),
            },
            None => Vec::new(),
        };
        !groups.is_empty() && groups.iter().all(off)
    }

    fn x_object(&mut self, object: &Stream<'a>, resources: &Resources<'a>) -> Result<(), ReadError> {
        let dict = object.dict();
        match dict.get::<Name<'_>>(&b"Subtype"[..]).as_deref() {
            Some(b"Image") => self.picture(dict),
            Some(b"Form") => self.form(object, resources, Affine::IDENTITY)?,
            _ => {}
        }
        Ok(())
    }

    fn picture(&mut self, dict: &Dict<'_>) {
        if !self.visible() {
            return;
        }
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|p| self.state.ctm * Point::from(p));
        let Some(bounds) = bounds_of(corners.into_iter()) else { return };
        let bounds = bounds.intersect(self.state.clip);
        if bounds.width() <= 0.0 || bounds.height() <= 0.0 {
            return;
        }
        let see_through =
            [&b"SMask"[..], b"Mask", b"ImageMask", b"IM", b"SMaskInData"].iter().any(|key| dict.contains_key(key));
        self.paint(Painted {
            bounds,
            outline: Vec::new(),
            colour: None,
            alpha: self.state.fill_alpha,
            picture: true,
            opaque: !see_through && self.state.fill_alpha > 0.99 && self.state.blend_normal,
            order: 0,
        });
    }

    fn form(&mut self, stream: &Stream<'a>, resources: &Resources<'a>, place: Affine) -> Result<(), ReadError> {
        if self.depth >= MAX_DEPTH {
            return Ok(());
        }
        let id = stream.obj_id();
        let key = (id.obj_number, id.gen_number);
        let form = match self.forms.get(&key) {
            Some(form) => form.clone(),
            None => {
                let form = read_form(stream).map(Rc::new);
                self.forms.insert(key, form.clone());
                form
            }
        };
        let Some(form) = form else { return Ok(()) };
        self.budget.spend(16 + form.program.len() as u64 / 64)?;
        if form.layer.is_some_and(|layer| self.layer_is_off(layer, None)) {
            return Ok(());
        }
        let outer = self.state.clone();
        let (text_matrix, line_matrix) = (self.text_matrix, self.line_matrix);
        let path = std::mem::take(&mut self.path);
        self.state.ctm = self.state.ctm * place * form.matrix;
        if let Some(bounds) = form.bounds {
            let bounds = self.state.ctm.transform_rect_bbox(bounds);
            let clip = self.state.clip.intersect(bounds);
            self.state.clip = if clip.width() < 0.0 || clip.height() < 0.0 { Rect::ZERO } else { clip };
        }
        self.depth += 1;
        let result = self.interpret(TypedIter::new(&form.program), form.resources.as_ref().unwrap_or(resources));
        self.depth -= 1;
        self.state = outer;
        (self.text_matrix, self.line_matrix) = (text_matrix, line_matrix);
        self.path = path;
        result
    }

    /// Draws an annotation's appearance: filled form fields and typed notes show their text in it.
    fn annotation(&mut self, annotation: &Dict<'a>, resources: &Resources<'a>) -> Result<(), ReadError> {
        self.budget.spend(16)?;
        // ISO 32000-1, table 165: bit 2 hidden, bit 6 no view.
        if annotation.get::<i32>(&b"F"[..]).unwrap_or(0) & 0b10_0010 != 0 {
            return Ok(());
        }
        let kind = annotation.get::<Name<'_>>(&b"Subtype"[..]);
        if !matches!(kind.as_deref(), Some(b"Widget" | b"FreeText" | b"Stamp")) {
            return Ok(());
        }
        let Some(normal) =
            annotation.get::<Dict<'a>>(&b"AP"[..]).and_then(|appearance| appearance.get::<Object<'a>>(&b"N"[..]))
        else {
            return Ok(());
        };
        let stream = match normal {
            Object::Stream(stream) => stream,
            Object::Dict(states) => {
                let chosen =
                    annotation.get::<Name<'_>>(&b"AS"[..]).and_then(|state| states.get::<Stream<'a>>(state.as_ref()));
                let Some(stream) = chosen else { return Ok(()) };
                stream
            }
            _ => return Ok(()),
        };
        let (Some(rect), Some(bounds)) =
            (annotation.get::<PdfRect>(&b"Rect"[..]), stream.dict().get::<[f64; 4]>(&b"BBox"[..]))
        else {
            return Ok(());
        };
        // ISO 32000-1, 12.5.5: the appearance's transformed box is fitted to the annotation's rectangle.
        let matrix = Affine::new(stream.dict().get::<[f64; 6]>(&b"Matrix"[..]).unwrap_or([1., 0., 0., 1., 0., 0.]));
        let shown = matrix.transform_rect_bbox(Rect::new(bounds[0], bounds[1], bounds[2], bounds[3]));
        if shown.width() <= 0.0 || shown.height() <= 0.0 {
            return Ok(());
        }
        let (sx, sy) = ((rect.x1 - rect.x0) / shown.width(), (rect.y1 - rect.y0) / shown.height());
        let place = Affine::new([sx, 0.0, 0.0, sy, rect.x0 - sx * shown.x0, rect.y0 - sy * shown.y0]);
        self.form(&stream, resources, place)
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line_matrix *= Affine::translate((x, y));
        self.text_matrix = self.line_matrix;
    }

    fn adjust(&mut self, adjustment: f32) {
        let vertical = self.state.font.is_some_and(|font| self.fonts.look(font).vertical);
        let by = f64::from(-adjustment / 1000.0 * self.state.font_size);
        let by = if vertical { (0.0, by) } else { (by * f64::from(self.state.horizontal_scale), 0.0) };
        self.text_matrix *= Affine::translate(by);
    }

    fn show(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        let Some(current) = self.state.font else { return Ok(()) };
        let look = self.fonts.look(current).clone();
        let state = &self.state;
        let size = f64::from(state.font_size);
        let scale = f64::from(state.horizontal_scale);
        let linear = state.ctm * self.text_matrix;
        let [a, b, c, d, ..] = linear.as_coeffs();
        // The height of the letters on the page: along the text's own up direction.
        let height = (c * c + d * d).sqrt() * size.abs() * f64::from(look.size_factor);
        let width = (a * a + b * b).sqrt();
        // Slanted by the matrix: an oblique made from an upright font.
        let along = if width > 0.0 { (a * c + b * d) / width / (c * c + d * d).sqrt().max(1e-9) } else { 0.0 };
        let italic = look.italic || along.abs() > 0.12;
        let stroked = matches!(state.mode, 1 | 2 | 5 | 6);
        let stroke_width = f64::from(state.line_width) * (a * d - b * c).abs().sqrt().min(1e6) / height.max(1e-9)
            * if width > 0.0 { 1.0 } else { 0.0 };
        // A fill with a line of its own colour around it is bold made by hand; thinner lines are outlines.
        let bold = look.bold || (matches!(state.mode, 2 | 6) && state.stroke == state.fill && stroke_width > 0.015);
        let colour = if stroked && !matches!(state.mode, 2 | 6) { state.stroke } else { state.fill };
        let mut hidden = None;
        if matches!(state.mode, 3 | 7) || !self.visible() {
            hidden = Some("invisible_mode");
        } else if height < 1.5 {
            hidden = Some("zero_size");
        } else if state.fill_alpha < 0.05 {
            hidden = Some("no_contrast");
        }
        let (clip, page_clip, alpha, rise) = (state.clip, self.page_clip, state.fill_alpha, f64::from(state.rise));
        let (character_spacing, word_spacing) = (f64::from(state.character_spacing), f64::from(state.word_spacing));
        let ctm = state.ctm;
        self.order += 1;

        let mut offset = 0;
        while offset < bytes.len() {
            self.budget.spend_glyph()?;
            let (code, length) = self.fonts.read_code(current, bytes, offset);
            offset += length;
            let glyph = self.fonts.code(current, code);
            let space = if code == 32 && length == 1 { word_spacing } else { 0.0 };
            let (advance, step) = if look.vertical {
                let own = glyph.advance.y / 1000.0 * size;
                (Vec2::new(0.0, own), Vec2::new(0.0, own + character_spacing + space))
            } else {
                let own = glyph.advance.x / 1000.0 * size * scale;
                (Vec2::new(own, 0.0), Vec2::new(own + (character_spacing + space) * scale, 0.0))
            };
            let matrix = ctm * self.text_matrix;
            let origin = matrix * Point::new(0.0, rise);
            let end = matrix * Point::new(advance.x, advance.y + rise);
            let mut text = glyph.text.clone();
            let unmapped = text.contains('\u{FFFD}');
            self.text_matrix *= Affine::translate(step);
            if let Some(mark) = self.marked.last_mut()
                && mark.replaces
            {
                let actual = mark.actual_text.take().unwrap_or_default();
                text = font::characters(&actual, &look).into_boxed_str();
            }
            if !origin.is_finite() || !end.is_finite() || origin.x.abs() > 1e6 || origin.y.abs() > 1e6 {
                continue;
            }
            let middle = origin.midpoint(end);
            let margin = height.max(1.0);
            let mut reason = hidden;
            if reason.is_none() && !page_clip.inflate(margin * 0.5, margin * 0.5).contains(middle) {
                reason = Some("off_page");
            } else if reason.is_none() && !clip.inflate(margin, margin).contains(middle) {
                reason = Some("clipped");
            }
            self.out.glyphs.push(Glyph {
                text,
                origin,
                advance: end - origin,
                size: height as f32,
                bold,
                italic,
                colour,
                alpha,
                order: self.order,
                hidden: reason,
                unmapped,
                font: current,
            });
        }
        Ok(())
    }
}

fn read_form<'a>(stream: &Stream<'a>) -> Option<Form<'a>> {
    let dict = stream.dict();
    Some(Form {
        program: stream.decoded_data().ok()?.into_owned(),
        matrix: Affine::new(dict.get::<[f64; 6]>(&b"Matrix"[..]).unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])),
        bounds: dict.get::<[f64; 4]>(&b"BBox"[..]).map(|b| Rect::new(b[0], b[1], b[2], b[3]).abs()),
        resources: dict.get(&b"Resources"[..]).map(Resources::new),
        layer: dict.get_ref(b"OC"),
    })
}

fn bounds_of(points: impl Iterator<Item = Point>) -> Option<Rect> {
    let bounds = points
        .filter(|point| point.is_finite())
        .map(|point| Rect::from_points(point, point))
        .reduce(|one, other| one.union(other))?;
    bounds.is_finite().then_some(bounds)
}

fn is_rectangle(part: &[Point]) -> bool {
    let corners = if part.len() == 5 && (part[0] - part[4]).hypot() < 0.01 { &part[..4] } else { part };
    corners.len() == 4
        && (0..4).all(|i| {
            let side = corners[(i + 1) % 4] - corners[i];
            side.x.abs() < 0.01 || side.y.abs() < 0.01
        })
}

fn inside(part: &[Point], point: Point) -> bool {
    let mut inside = false;
    for (i, a) in part.iter().enumerate() {
        let b = part[(i + 1) % part.len()];
        if (a.y > point.y) != (b.y > point.y) && point.x < (b.x - a.x) * (point.y - a.y) / (b.y - a.y) + a.x {
            inside = !inside;
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_of_two_rectangles_does_not_lie_behind_what_it_frames() {
        let square = |from: f64, to: f64| {
            vec![Point::new(from, from), Point::new(to, from), Point::new(to, to), Point::new(from, to)]
        };
        let frame = Painted {
            bounds: Rect::new(0.0, 0.0, 10.0, 10.0),
            outline: vec![square(0.0, 10.0), square(1.0, 9.0)],
            colour: BLACK,
            alpha: 1.0,
            picture: false,
            opaque: true,
            order: 1,
        };
        assert!(frame.contains(Point::new(0.5, 5.0)));
        assert!(!frame.contains(Point::new(5.0, 5.0)));
        assert!(!frame.covers(Rect::new(4.0, 4.0, 6.0, 6.0)));
    }
}
