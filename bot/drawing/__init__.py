"""Floor 7. What a share card is made of: what it says, the font, the lines, the sheet, the picture."""
