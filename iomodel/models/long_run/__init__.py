"""Models of the long run: diffusion of ideas, capital and labour, year by year."""
