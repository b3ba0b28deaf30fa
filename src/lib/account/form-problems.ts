import type { BaseIssue } from 'valibot';
import { problemCode, STATUS, type ProblemCode } from '#contracts/problem';

/** What is wrong with a form: with one of its fields, or as a whole. */
export interface FormProblems {
	fields: Record<string, string>;
	code: ProblemCode | null;
}

/** The first problem of each field, in words. */
export function fieldProblems(
	issues: readonly BaseIssue<unknown>[],
	names: Record<string, string>
): Record<string, string> {
	const fields: Record<string, string> = {};
	for (const { path, message } of issues) {
		const key = String(path?.[0]?.key ?? '');
		fields[key] ??= `${names[key] ?? key} ${message}.`;
	}
	return fields;
}

/** A refusal as the form shows it; anything that is none is thrown on. */
export function refusal(error: unknown): { status: number; code: ProblemCode } {
	const code = problemCode(error);
	if (!code || code === 'unexpected') throw error;
	return { status: STATUS[code], code };
}
