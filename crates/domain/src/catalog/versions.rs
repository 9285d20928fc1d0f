//! The versions of the catalog that an instance carries: the current one, and older ones beside it, so that a client
//! can stay with the words that its lawyers have read.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Catalog, Release};
use crate::error::FieldError;

/// Which of the carried catalogs, and with which overlay; the current one unless another was asked for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CatalogIndex {
    place: usize,
    /// See [`Catalogs::layer`].
    layer: Option<u128>,
}

/// The catalogs that an instance carries, as a tenant sees them: an overlay lies over the current one alone.
#[derive(Debug)]
pub struct Catalogs {
    current: Catalog,
    /// The newest first.
    others: Arc<[Catalog]>,
    layer: Option<u128>,
    /// Of the current one without an overlay.
    plain: [u8; 32],
}

/// A version as clients see it.
#[derive(Debug, Clone, Copy)]
pub struct CatalogVersion<'c> {
    /// Its release.
    pub release: &'c Release,
    /// Whether it answers where none is asked for.
    pub is_current: bool,
    /// Whether it can be asked for.
    pub is_carried: bool,
}

/// Two catalogs with the same version and different content.
#[derive(Debug, thiserror::Error)]
#[error("two catalogs with different words have the version {0}")]
pub struct VersionClash(String);

impl From<Catalog> for Catalogs {
    fn from(current: Catalog) -> Self {
        Self { plain: *current.digest(), current, others: Arc::default(), layer: None }
    }
}

impl Catalogs {
    /// The current catalog alone, as it is compiled in, and others beside it. One that is the same as another is
    /// carried once.
    ///
    /// # Errors
    /// If two have the same version and not the same content.
    pub fn new(current: Catalog, others: impl IntoIterator<Item = Catalog>) -> Result<Self, VersionClash> {
        let mut carried = Vec::<Catalog>::new();
        for catalog in others {
            let mut known = std::iter::once(&current).chain(&carried);
            let same = known.find(|known| known.version() == catalog.version());
            match same.map(|same| same.digest() == catalog.digest()) {
                Some(true) => {}
                Some(false) => return Err(VersionClash(catalog.version().to_owned())),
                None => carried.push(catalog),
            }
        }
        carried.sort_by(|left, right| place(left).cmp(place(right)));
        Ok(Self { plain: *current.digest(), current, others: carried.into(), layer: None })
    }

    /// The same with another current catalog: the one with a tenant's overlay in it.
    pub(crate) fn with_current(&self, current: Catalog) -> Self {
        let layer = current.overlay_version().map(|_| crate::digest(current.digest()));
        Self { current, others: Arc::clone(&self.others), layer, plain: self.plain }
    }

    /// The catalog that answers where no version is asked for.
    #[must_use]
    pub const fn current(&self) -> &Catalog {
        &self.current
    }

    /// What tells these from the catalogs that other tenants see; `None` if there is no overlay.
    #[must_use]
    pub const fn layer(&self) -> Option<u128> {
        self.layer
    }

    /// A digest over what is carried, as it is without an overlay, and over the release of the code that reads it.
    #[must_use]
    pub fn carried(&self) -> u128 {
        let mut hasher = blake3::Hasher::new();
        hasher.update(env!("CARGO_PKG_VERSION").as_bytes()).update(&self.plain);
        for other in &*self.others {
            hasher.update(other.digest());
        }
        crate::digest(hasher.finalize().as_bytes())
    }

    /// One of the catalogs.
    #[must_use]
    pub fn get(&self, index: CatalogIndex) -> &Catalog {
        let other = index.place.checked_sub(1).and_then(|place| self.others.get(place));
        other.unwrap_or(&self.current)
    }

    /// The catalog of a version, the current one if none is named.
    ///
    /// # Errors
    /// A version that is not carried, with those that are.
    pub fn find(&self, version: Option<&str>) -> Result<CatalogIndex, FieldError> {
        let at = |place| CatalogIndex { place, layer: self.layer.filter(|_| place == 0) };
        let Some(version) = version else { return Ok(at(0)) };
        let found = self.iter().position(|catalog| catalog.version() == version);
        found.map(at).ok_or_else(|| {
            let carried: Vec<_> = self.iter().map(Catalog::version).collect();
            let detail = format!("not a version that this instance carries; allowed: {}", carried.join(", "));
            FieldError::new("/catalog_version", detail)
        })
    }

    /// Every version that the change log knows or that is carried, the newest first.
    #[must_use]
    pub fn versions<'c>(&'c self) -> Vec<CatalogVersion<'c>> {
        let logged = self.current.releases().iter();
        let newest_of_others = self.others.iter().filter_map(|catalog| catalog.releases().first());
        let mut releases: Vec<_> = logged.chain(newest_of_others).collect();
        releases.sort_by(|left, right| left.place().cmp(right.place()));
        releases.dedup_by(|later, first| later.place().cmp(first.place()) == Ordering::Equal);
        let carries = |release: &Release| self.iter().any(|catalog| *catalog.version() == *release.version);
        let version = |release: &'c Release| CatalogVersion {
            release,
            is_current: *release.version == *self.current.version(),
            is_carried: carries(release),
        };
        releases.into_iter().map(version).collect()
    }

    /// The current one, then the others, the newest first: in the order of their indices.
    fn iter(&self) -> impl Iterator<Item = &Catalog> {
        std::iter::once(&self.current).chain(&*self.others)
    }
}

/// The place of a catalog among its versions. Every catalog that was loaded has a release.
fn place(catalog: &Catalog) -> &str {
    catalog.releases().first().map(Release::place).unwrap_or_default()
}
