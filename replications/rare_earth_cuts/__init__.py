"""An 80 percent cut of Chinese rare earths beside published studies."""
