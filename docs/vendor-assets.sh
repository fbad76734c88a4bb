#!/bin/sh
# Re-creates app/static/vendor/ and tests/browser/vendor/ from the npm packages named here. Needs npm, tar and sha256sum.
# After a change of version: run it, read the difference, and commit files and MANIFEST together.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
site=app/static/vendor
tests=tests/browser/vendor
mkdir -p "$site" "$tests"

unpack() {  # package@version folder
  archive=$(cd "$work" && npm pack --silent "$1" | tail -n 1)
  mkdir -p "$work/$2"
  tar -xzf "$work/$archive" -C "$work/$2" --strip-components=1
}
unpack govuk-frontend@6.6.0 govuk
unpack @fontsource-variable/source-sans-3@5.3.0 source-sans-3
unpack @fontsource-variable/source-serif-4@5.3.1 source-serif-4
unpack axe-core@4.14.1 axe
unpack @expo-google-fonts/noto-sans@0.4.2 noto-sans

for face in source-sans-3 source-serif-4; do
  cp "$work/$face/files/$face-latin-wght-normal.woff2" "$site/$face.woff2"
  cp "$work/$face/LICENSE" "$site/LICENSE-$face.txt"
done

# De-brand and wrap in a cascade layer: no font faces, no GDS Transport, no crest, no source map.
{
  printf '@layer govuk {\n'
  sed -E -e 's/@charset "UTF-8";//' -e 's/@font-face\{[^}]*\}//g' \
    -e 's/GDS Transport,[ ]*arial,[ ]*sans-serif/var(--ct-sans)/g' -e 's/font-family:sans-serif/font-family:var(--ct-sans)/g' \
    -e 's/url\(\/assets\/[^)]*\)/none/g' -e 's/\/\*# sourceMappingURL=[^*]*\*\///g' \
    "$work/govuk/dist/govuk/govuk-frontend.min.css"
  printf '\n}\n'
} > "$site/govuk.css"
if grep -q -e 'GDS Transport' -e '/assets/' "$site/govuk.css"; then
  echo "$site/govuk.css still carries the brand" >&2
  exit 1
fi
sed -e 's/\/\/# sourceMappingURL=.*$//' "$work/govuk/dist/govuk/govuk-frontend.min.js" > "$site/govuk-frontend.min.js"
# The package has no licence file: LICENSE-govuk-frontend.txt is kept by hand from its repository.

# The face of the letters: static files, cut down to Latin, Greek and Cyrillic. Needs python3 with fonttools.
fonts=app/letters/fonts
mkdir -p "$fonts"
for style in 400Regular:Regular 700Bold:Bold; do
  python3 -m fontTools.subset "$work/noto-sans/${style%%:*}/NotoSans_${style%%:*}.ttf" --no-hinting \
    --layout-features='kern,liga,mark,mkmk,ccmp,locl' --output-file="$fonts/NotoSans-${style##*:}.ttf" \
    --unicodes='U+0020-007E,U+00A0-024F,U+0259,U+02B0-02FF,U+0300-036F,U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+2000-206F,U+20A0-20BF,U+2100-214F,U+2190-2193,U+2212,U+2260,U+2264-2265,U+FEFF,U+FFFD'
done
cp "$work/noto-sans/LICENSE_FONT" "$fonts/LICENSE-noto-sans.txt"

cp "$work/axe/axe.min.js" "$tests/axe.min.js"
cp "$work/axe/LICENSE" "$tests/LICENSE-axe-core.txt"
cp "$work/axe/LICENSE-3RD-PARTY.txt" "$tests/LICENSE-axe-core-3RD-PARTY.txt"

for folder in "$site" "$tests" "$fonts"; do
  (cd "$folder" && find . -type f ! -name MANIFEST | LC_ALL=C sort | sed 's|^\./||' | xargs sha256sum > MANIFEST)
done
