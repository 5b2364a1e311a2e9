// Shows the API's description in ReDoc, in the fonts that the reader's machine has.
const sans = "system-ui, sans-serif";
window.Redoc.init(
  "/openapi.json",
  {
    nativeScrollbars: true,
    theme: {
      typography: {
        fontFamily: sans,
        headings: { fontFamily: sans },
        code: { fontFamily: "ui-monospace, monospace" },
      },
    },
  },
  document.getElementById("docs"),
);
