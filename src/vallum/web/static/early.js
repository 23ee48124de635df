// Before the first paint: the theme that was chosen, so that the page does not flash.
const chosen = localStorage.getItem("vallum.theme");
if (chosen) document.documentElement.dataset.theme = chosen;
