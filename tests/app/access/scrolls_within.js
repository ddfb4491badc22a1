// Finds parts of a dialog that scroll within one that scrolls: what is in them is looked for in the wrong place.
const scrolls = (one) => /auto|scroll/.test(getComputedStyle(one).overflowY) && one.scrollHeight > one.clientHeight + 2;
const lid = [...document.querySelectorAll('.sheet')].pop();
const isWithin = (one) => {
  for (let around = one.parentElement; around && lid.contains(around); around = around.parentElement)
    if (scrolls(around)) return true;
  return false;
};
return [...lid.querySelectorAll('div, section, ul, form')]
  .filter((one) => scrolls(one) && isWithin(one))
  .map((one) => `${one.dataset.testid ?? one.className} scrolls within what scrolls`);
