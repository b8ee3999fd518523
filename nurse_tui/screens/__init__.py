"""One module and one stylesheet a screen: collect, ask, show."""
