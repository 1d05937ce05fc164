"""Published estimates of trade policy beside ours, at default options."""
