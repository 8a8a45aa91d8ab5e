"""One revision after the other. What is here has been run somewhere: it is added to, and never changed."""
