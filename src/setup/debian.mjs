import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, run, say } from './programs.mjs';
import { cacheFolder } from './tools.mjs';

const own = join(cacheFolder, 'debian');
const quiet = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };

/**
 * Makes the packages available and yields each place where their files may now be: the machine
 * itself (installed, as root), then a folder of ours (unpacked, which needs no rights at all) with
 * what unpacked files need besides.
 * Judge by whether the program is there: apt's exit code also reports faults of other packages.
 */
export async function* packagesFrom(names, unpackWith) {
  if (process.getuid() === 0) {
    await install(names);
    yield { root: '/' };
  }
  // A folder for each set of packages, so that a later one leaves the earlier one alone.
  const unpacked = join(own, names.join('+'));
  const said = await unpack([...names, ...unpackWith], unpacked);
  yield placeOf(unpacked);
  say(`  apt could not provide ${names.join(' and ')}:\n${lastLines(said, 4)}`);
}

async function install(names) {
  const now = (wanted) =>
    run(
      'apt-get',
      [
        '-y',
        '-q',
        '-o',
        'DPkg::Lock::Timeout=120',
        'install',
        '--no-install-recommends',
        ...wanted,
      ],
      { env: quiet },
    );
  if ((await now(names)).code === 0) return;
  await run('apt-get', ['-q', 'update'], { env: quiet });
  if ((await now(names)).code === 0) return;
  // One that this release does not have must not keep the others away.
  for (const name of names) await now([name]);
}

/** Returns what apt said last. */
async function unpack(names, unpacked) {
  const lists = join(own, 'lists');
  const archives = join(own, 'archives');
  for (const folder of [lists, archives]) {
    mkdirSync(join(folder, 'partial'), { recursive: true });
  }
  const option = (text) => ['-o', text];
  const ours = [
    ...option(`Dir::Cache=${own}`),
    ...option(`Dir::Cache::archives=${archives}`),
    // Set empty so that apt neither reads nor writes a cache of another set of lists.
    ...option('Dir::Cache::pkgcache='),
    ...option('Dir::Cache::srcpkgcache='),
    ...option('Debug::NoLocking=1'),
    ...option('APT::Sandbox::User='),
  ];
  const withOurLists = [...ours, ...option(`Dir::State::lists=${lists}`)];
  const download = (options, wanted) =>
    run(
      'apt-get',
      // Again, where it is installed: a package may be there without its program on the PATH, as redis-tools is.
      [
        '-y',
        '-q',
        ...options,
        'install',
        '--reinstall',
        '--download-only',
        '--no-install-recommends',
        ...wanted,
      ],
      { env: quiet },
    );
  let result = await download(ours, names);
  if (result.code !== 0) {
    await run('apt-get', ['-q', ...withOurLists, 'update'], { env: quiet });
    result = await download(withOurLists, names);
    for (const name of result.code === 0 ? [] : names) {
      result = await download(withOurLists, [name]);
    }
  }
  await extract(archives, unpacked);
  rmSync(archives, { recursive: true, force: true });
  rmSync(lists, { recursive: true, force: true });
  return result.output;
}

/** Beside the last one, then in its place: a set-up that is stopped leaves no half of a program. */
async function extract(archives, unpacked) {
  const packages = readdirSync(archives).filter((file) => file.endsWith('.deb'));
  if (packages.length === 0) return;
  const fresh = `${unpacked}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh);
  for (const file of packages) await run('dpkg-deb', ['-x', join(archives, file), fresh]);
  rmSync(unpacked, { recursive: true, force: true });
  renameSync(fresh, unpacked);
}

function placeOf(unpacked) {
  const libraries = ['usr/lib', 'lib'].flatMap((folder) => {
    const inside = list(join(unpacked, folder)).filter((name) => name.includes('-linux-'));
    return inside.flatMap((triplet) => {
      const path = join(unpacked, folder, triplet);
      // libpulse looks for its own half where an installed one would be.
      return [path, join(path, 'pulseaudio')];
    });
  });
  return {
    root: unpacked,
    libraryPath: libraries.join(':'),
    ...(list(unpacked).includes('etc') && { fonts: fontSettings(unpacked) }),
  };
}

/** Without this, fontconfig looks only where fonts would be installed, and a page has no text. */
function fontSettings(unpacked) {
  const file = join(unpacked, 'fonts.conf');
  writeFileSync(
    file,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${join(unpacked, 'usr/share/fonts')}</dir>
  <include ignore_missing="yes">${join(unpacked, 'etc/fonts/conf.d')}</include>
  <cachedir>${join(own, 'font-cache')}</cachedir>
</fontconfig>
`,
  );
  return file;
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
