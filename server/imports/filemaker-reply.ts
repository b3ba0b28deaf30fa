import * as v from 'valibot';

/** Any of their fields may be anything; those that an order names are texts and numbers. */
const Reply = v.object({
	response: v.optional(
		v.object({
			token: v.optional(v.string()),
			dataInfo: v.optional(v.object({ foundCount: v.optional(v.number()) })),
			data: v.optional(
				v.array(
					v.object({
						fieldData: v.record(v.string(), v.unknown()),
						recordId: v.string(),
						modId: v.optional(v.string(), '')
					})
				)
			)
		}),
		{}
	),
	messages: v.pipe(v.array(v.object({ code: v.string() })), v.minLength(1))
});

/** One record of a layout: of its fields those that were asked for. */
export interface FileMakerRecord {
	fieldData: Record<string, unknown>;
	recordId: string;
	/** Another one when the record was changed. */
	modId: string;
}

/** What is read of an answer of the Data API. */
export interface FileMakerReply {
	/** `0` when all went well. */
	code: string;
	token?: string;
	foundCount?: number;
	/** Absent when the answer has no place for records. */
	records?: FileMakerRecord[];
}

/**
 * @param fields names of theirs; the others, which may be long texts, are left where they were read
 * @returns null for what is no answer of a Data API
 */
export function readReply(text: string, fields: readonly string[]): FileMakerReply | null {
	const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), Reply), text);
	if (!success) return null;
	const { token, dataInfo, data } = output.response;
	return {
		code: output.messages[0]?.code ?? '',
		...(token !== undefined && { token }),
		...(dataInfo?.foundCount !== undefined && { foundCount: dataInfo.foundCount }),
		...(data && {
			records: data.map(({ fieldData, ...record }) => ({
				...record,
				fieldData: Object.fromEntries(
					Object.entries(fieldData).filter(([name]) => fields.includes(name))
				)
			}))
		})
	};
}
