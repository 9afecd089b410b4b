"""An executed notebook becomes one page."""
