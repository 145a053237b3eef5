"""Floor 9. One thin room per channel: each turns what a person sends into a Message and shows the Reply."""
