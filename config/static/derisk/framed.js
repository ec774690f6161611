// In a frame of another website browsers focus nothing by themselves, and the page around stays where the button was:
// without this a client looks at an empty part of the frame after sending.
"use strict";

const arrived = document.querySelector(".error-summary, [data-arrived]");
if (arrived && window.top !== window) {
  arrived.focus({ preventScroll: true });
  arrived.scrollIntoView({ block: "start" });
}
