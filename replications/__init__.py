"""Published results beside ours: one folder per paper with its runs, figures and page."""
