/** Lets the browser save a file. */
export function saveFile(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser reads the file after this call.
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 10_000);
}
