/** A small PDF: for each page, texts and where they stand (points from the lower left). */
export const pdfOf = (pages: readonly (readonly [number, number, string])[][]): Uint8Array => {
  const objects: string[] = ['<</Type/Catalog/Pages 2 0 R>>', '', HELVETICA];
  const kids: string[] = [];
  for (const texts of pages) {
    const content = texts
      .map(
        ([x, y, text]) => `BT /F1 12 Tf ${x} ${y} Td (${text.replaceAll(/[()\\]/g, '\\$&')}) Tj ET`,
      )
      .join('\n');
    objects.push(`<</Length ${content.length}>>\nstream\n${content}\nendstream`);
    objects.push(
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Contents ${objects.length} 0 R/Resources<</Font<</F1 3 0 R>>>>>>`,
    );
    kids.push(`${objects.length} 0 R`);
  }
  objects[1] = `<</Type/Pages/Kids[${kids.join(' ')}]/Count ${kids.length}>>`;
  return new TextEncoder().encode(fileOf(objects));
};

const HELVETICA = '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>';

const fileOf = (objects: readonly string[]): string => {
  let file = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const place = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  return `${file}xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer<</Root 1 0 R/Size ${size}>>\nstartxref\n${file.length}\n%%EOF`;
};
