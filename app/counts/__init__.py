"""How many posts and followers people have, kept instead of counted."""
