import { builtinModules } from 'node:module';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import typescript from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/*
 * The import table of ARCHITECTURE.md. Each row is one block: a later block replaces the patterns
 * of an earlier one, so a row says everything that its files may not import.
 */

/** @typedef {{ regex: string, message: string, allowTypeImports?: boolean, allowImportNamePattern?: string }} Refusal */

const parts =
	'(accounts|catalogue|exports|http|imports|intake|jobs|listening|live|matching|media|ops|storage|uploads)';

/** @type {(regex: string, message: string) => Refusal} */
const no = (regex, message) => ({ regex, message });
/** @type {(regex: string, message: string) => Refusal} */
const typesOnly = (regex, message) => ({ regex, message, allowTypeImports: true });

const noServer = no('^(\\.\\./)+server/', 'Pages reach the server by locals.portal.');
const noNode = no(
	`^(node:|(${builtinModules.filter((name) => !name.startsWith('_')).join('|')})$)`,
	'Page code runs in browsers.'
);
const noUi = no('^\\$lib/ui/', 'Components are for .svelte files.');
const noFeatures = no(
	'^\\$lib/(?!ui/)',
	'Features do not import each other: the root layout wires them.'
);
const noEscape = no(
	'^(\\.\\./)+(?!(\\.\\./)*(contracts|server)/)',
	'Across folders: $lib/… or #contracts/….'
);
const noSvelte = no('^(svelte(/|$)|\\$app/)', 'Plain TypeScript knows nothing of Svelte.');
const noRunes = no('\\.svelte(\\.ts)?$', 'Plain TypeScript: the rune file is its mirror.');

const noPages = no('^(\\$lib/|(\\.\\./)+src/)', 'The server knows nothing of the pages.');
const noDrivers = no('^(kysely|better-sqlite3|pg)(/|$)', 'SQL lives in server/catalogue.');
const noRoot = typesOnly('^(\\.\\./)+app\\.ts$', 'Only main.ts starts the app.');
// Whose request it is, every door asks the same way.
const partsByConstructor = typesOnly(
	`^(\\.\\./)+(?!http/origin)${parts}/`,
	'Parts are handed in by app.ts.'
);
const noParts = no(`^(\\.\\./)+${parts}/`, 'app.ts joins these by callbacks.');

/** A test beside its source may import what it builds and what it fakes. */
const BESIDE = '**/*.test.{ts,js}';

/** @type {(files: string[], refusals: Refusal[], ignores?: string[]) => import('eslint').Linter.Config} */
const row = (files, refusals, ignores = []) => ({
	files,
	ignores: [BESIDE, ...ignores],
	rules: {
		'@typescript-eslint/no-restricted-imports': ['error', { patterns: refusals }]
	}
});

const pages = [
	row(
		['src/lib/contracts/**'],
		[no('^(?!valibot$|\\./|#contracts/)', 'Contracts import valibot only.')]
	),
	row(
		['src/lib/ui/**'],
		[
			noServer,
			noNode,
			noFeatures,
			no('^\\$app/(?!paths$)', 'Components take props and call back.'),
			typesOnly('^#contracts/', 'Components take types from the contracts, nothing else.')
		]
	),
	row(
		['src/lib/*/**/*.ts'],
		[noServer, noNode, noUi, noFeatures, noEscape, noSvelte, noRunes],
		['src/lib/{contracts,ui}/**', '**/*.svelte.ts']
	),
	row(
		['src/lib/*/**/*.svelte.ts'],
		[noServer, noNode, noUi, noFeatures, noEscape],
		['src/lib/{contracts,ui}/**']
	),
	row(
		['src/lib/*/**/*.svelte'],
		[
			noServer,
			noNode,
			noEscape,
			{ ...noFeatures, allowTypeImports: true, allowImportNamePattern: '^use[A-Z]' }
		],
		['src/lib/{contracts,ui}/**']
	),
	row(['src/routes/**'], [noServer, noNode], ['**/+*.server.ts', '**/+server.ts']),
	row(
		['src/routes/**/+*.server.ts', 'src/routes/**/+server.ts'],
		[
			noServer,
			noNode,
			noUi,
			no('^\\$lib/.*\\.svelte(\\.ts)?$', 'Only the plain part of a feature.')
		]
	),
	row(
		['src/hooks.server.ts', 'src/app.d.ts'],
		[
			noNode,
			noUi,
			noFeatures,
			no('^(\\.\\./)+server/(?!app\\.ts$)', 'Only the type Portal, from server/app.ts.'),
			{
				...no('^(\\.\\./)+server/app\\.ts$', 'Only the type Portal.'),
				allowImportNamePattern: '^Portal$'
			}
		]
	)
];

const server = [
	row(
		['server/main.ts'],
		[noPages, no('^(\\./(?!app\\.ts$|config\\.ts$)|#contracts/)', 'main.ts starts app and config.')]
	),
	row(['server/*.ts'], [noPages, noDrivers], ['server/main.ts']),
	row(
		['server/{http,live,jobs,exports,imports,intake,listening,matching,accounts,ops}/**'],
		[noPages, noDrivers, noRoot, partsByConstructor]
	),
	row(
		['server/{uploads,media}/**'],
		[
			noPages,
			noDrivers,
			noRoot,
			no('^(\\.\\./)+catalogue/', 'app.ts joins these to the catalogue by callbacks.'),
			// The mounts answer problems by the one table that http reads.
			typesOnly(
				`^(\\.\\./)+(?!catalogue/|http/(errors|origin))${parts}/`,
				'Parts are handed in by app.ts.'
			)
		]
	),
	row(['server/catalogue/**'], [noPages, noRoot, noParts]),
	row(['server/storage/**'], [noPages, noDrivers, noRoot, noParts]),
	row(
		['cli/**/*.ts'],
		[
			noDrivers,
			no(
				'^(\\.\\./)+server/(?!app\\.ts$|beside\\.ts$|config\\.ts$)',
				'Commands go through the app.'
			),
			no('^(\\.\\./)+src/(?!lib/uploader/)', 'Of the pages, only the plain uploader.')
		]
	),
	row(['cli/**/*.js'], [no('^(?!node:|\\.)', 'The set-up runs before any package is there.')])
];

const tests = [
	row(
		['tests/**/*.ts'],
		[
			noPages,
			noDrivers,
			no('^(\\.\\./)+server/(?!app\\.ts$|beside\\.ts$|config\\.ts$)', 'Tests go through the app.')
		]
	),
	row(
		['tests/e2e/**/*.ts'],
		[noPages, noDrivers, no('^(\\.\\./)+server/', 'e2e sees the portal from outside.')]
	)
].map((block) => ({ ...block, ignores: [] })); // here the tests themselves are the subject

const NODE_ONLY = [
	'process',
	'Buffer',
	'global',
	'require',
	'module',
	'__dirname',
	'__filename',
	'setImmediate',
	'clearImmediate'
];

export default defineConfig(
	{ ignores: ['build*/', '.svelte-kit/', 'data/', 'coverage/', 'test-results/'] },
	typescript.configs.base,
	svelte.configs.recommended,
	{
		files: ['**/*.{js,ts,svelte}'],
		languageOptions: {
			globals: globals.node,
			parserOptions: {
				project: ['./tsconfig.json', './server/tsconfig.json'],
				tsconfigRootDir: import.meta.dirname,
				extraFileExtensions: ['.svelte']
			}
		},
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			eqeqeq: ['error', 'always', { null: 'ignore' }],
			'no-console': 'error',
			'no-debugger': 'error',
			'no-empty': 'error',
			'no-fallthrough': 'error',
			'prefer-const': 'error',
			'@typescript-eslint/await-thenable': 'error',
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-misused-promises': 'error',
			'@typescript-eslint/no-non-null-assertion': 'error',
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
			'@typescript-eslint/only-throw-error': 'error',
			'@typescript-eslint/switch-exhaustiveness-check': [
				'error',
				{ considerDefaultExhaustiveForUnions: true }
			],
			'svelte/no-at-html-tags': 'error',
			'svelte/require-each-key': 'error'
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: {
			// Types of components are svelte-check's; asking for them here too takes half a second for each.
			parserOptions: { parser: typescript.parser, svelteConfig, project: null }
		},
		rules: {
			...typescript.configs.disableTypeChecked.rules,
			'prefer-const': 'off',
			'svelte/prefer-const': 'error' // knows that $props() is taken apart with let
		}
	},
	{
		files: ['src/**'],
		languageOptions: { globals: globals.browser },
		rules: {
			'no-restricted-syntax': [
				'error',
				{
					selector: 'ImportExpression[source.value=/^node:|^(\\.\\.\\x2F)+server\\x2F/]',
					message: 'Page code runs in browsers, and reaches the server by locals.portal.'
				}
			]
		}
	},
	{
		files: ['src/**'],
		ignores: ['**/+*.server.ts', '**/+server.ts', 'src/hooks.server.ts', '**/*.test.ts'],
		rules: {
			'no-restricted-globals': [
				'error',
				...NODE_ONLY.map((name) => ({ name, message: 'Page code runs in browsers.' }))
			]
		}
	},
	{
		files: ['server/**'],
		ignores: ['server/main.ts', 'server/pages.ts', '**/*.test.ts'],
		rules: {
			'no-restricted-properties': [
				'error',
				{ object: 'process', property: 'env', message: 'config.ts is given the environment, once.' }
			]
		}
	},
	{ files: ['server/main.ts', 'cli/**', 'tests/bench/**'], rules: { 'no-console': 'off' } },
	{
		files: ['server/catalogue/migrations/**'],
		rules: { '@typescript-eslint/no-explicit-any': 'off' }
	},
	{
		files: ['**/*.test.ts', '**/*.test.js', 'tests/**'],
		rules: { '@typescript-eslint/no-non-null-assertion': 'off' }
	},
	...pages,
	...server,
	...tests,
	prettier,
	svelte.configs.prettier
);
