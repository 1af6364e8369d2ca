"""The gallery: every example in every format, the same bytes each time."""

from derive.gallery.gallery import contents, write_gallery

__all__ = ["contents", "write_gallery"]
