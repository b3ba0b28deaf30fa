import { expect, test } from 'vitest';
import { isDebian, planFor } from './system.js';

/** @type {import('./system.js').Machine} */
const debian = { platform: 'linux', apt: true, brew: false, power: 'root' };

test('on Debian as root, apt gets each package once', () => {
	const plan = planFor(['caddy', 'ffmpeg', 'ffprobe'], debian);

	expect(plan).toMatchObject({ by: 'apt', packages: ['caddy', 'ffmpeg'] });
	expect(plan).toMatchObject({
		command: ['sh', expect.stringMatching(/\/cli\/setup\/debian\.sh$/), 'caddy', 'ffmpeg']
	});
});

test('what will be installed, and how, is said before anything is asked for', () => {
	const plan = planFor(['caddy', 'ffmpeg'], { ...debian, power: 'sudo-asks' });

	expect(plan).toMatchObject({
		note: 'Segue needs Caddy and ffmpeg, which are not here.\nInstalling by sudo apt-get: caddy ffmpeg. sudo may ask for your password.'
	});
});

test('sudo that needs no password is told to ask for none', () => {
	const plan = planFor(['ffmpeg'], { ...debian, power: 'sudo' });

	expect(plan).toMatchObject({ command: ['sudo', '-n', 'sh', expect.any(String), 'ffmpeg'] });
});

test('on Debian without a way to root, the command to type is said', () => {
	const plan = planFor(['caddy'], { ...debian, power: 'none' });

	expect(plan).toMatchObject({
		by: 'hand',
		message: expect.stringContaining('\n  sudo sh cli/setup/debian.sh caddy\n')
	});
});

test('on a Mac, brew gets them', () => {
	const plan = planFor(['caddy', 'ffmpeg', 'ffprobe'], {
		platform: 'darwin',
		apt: false,
		brew: true,
		power: 'none'
	});

	expect(plan).toMatchObject({ command: ['brew', 'install', '--quiet', 'caddy', 'ffmpeg'] });
});

test('what brew has not is left to hands', () => {
	const mac = { ...debian, platform: /** @type {const} */ ('darwin'), apt: false, brew: true };

	expect(planFor(['supysonic', 'waitress'], mac)).toMatchObject({ by: 'hand' });
	expect(planFor(['supysonic', 'waitress'], debian)).toMatchObject({
		packages: ['supysonic', 'python3-waitress']
	});
});

test('elsewhere it is said what to install and where it is explained', () => {
	const plan = planFor(['caddy', 'ffmpeg', 'ffprobe'], { ...debian, apt: false });

	expect(plan.by === 'hand' && plan.message).toBe(
		`Segue needs Caddy, ffmpeg and ffprobe, which are not here. Install what this machine's packages offer, or

  Caddy 2.6 or newer: https://caddyserver.com/docs/install
  ffmpeg 5.1 or newer: https://ffmpeg.org/download.html

and then run this again.`
	);
});

test.each([
	['ID=debian\nVERSION_ID="12"', true],
	['NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"', true],
	['ID=fedora', false],
	['', false]
])('whether %j is a Debian: %s', (release, expected) => {
	expect(isDebian(release)).toBe(expected);
});
