/** The orders which the example service holds, internal fields and all. */

export interface Line {
  readonly sku: string;
  readonly quantity: number;
}

export interface StoredOrder {
  readonly id: string;
  readonly supplierId: string;
  status: 'placed' | 'confirmed' | 'shipped' | 'cancelled';
  readonly placedAt: string;
  readonly reference?: string;
  readonly lines: readonly Line[];
  readonly customer?: Readonly<Record<string, string>>;
  readonly rebatePercent?: number;
  /** For our own eyes; the service sends it all the same. */
  readonly internalMargin: number;
}

export const ACME_ORDER_ID = '5b0f6c1e-6a57-4d0b-9f62-0a3c6f7c2a11';
export const ACME_SHIPPED_ORDER_ID = 'c2a5d1f0-93c4-4f5e-8d3b-71e1a6a4b922';
export const GLOBEX_ORDER_ID = '0e9d8f3a-1b7c-4c52-a6e4-2f5d9b8c7a33';

/** A fresh copy of what the service starts with. */
export function seedOrders(): Map<string, StoredOrder> {
  const orders: StoredOrder[] = [
    {
      id: ACME_ORDER_ID,
      supplierId: 'acme',
      status: 'placed',
      placedAt: '2026-03-02T09:30:00Z',
      reference: 'PO 2026/118',
      lines: [{ sku: 'A-100', quantity: 4 }],
      customer: { name: 'Ines Ruiz', city: 'Valencia', personalNumber: '19850412-1239' },
      rebatePercent: 2.5,
      internalMargin: 0.37,
    },
    {
      id: ACME_SHIPPED_ORDER_ID,
      supplierId: 'acme',
      status: 'shipped',
      placedAt: '2026-02-11T14:05:00Z',
      lines: [
        { sku: 'A-100', quantity: 1 },
        { sku: 'B-220', quantity: 12 },
      ],
      internalMargin: 0.41,
    },
    {
      id: GLOBEX_ORDER_ID,
      supplierId: 'globex',
      status: 'confirmed',
      placedAt: '2026-03-01T08:00:00Z',
      lines: [{ sku: 'C-300', quantity: 2 }],
      customer: { name: 'Jonas Berg', city: 'Bergen', personalNumber: '19790923-4411' },
      rebatePercent: 1,
      internalMargin: 0.22,
    },
  ];
  return new Map(orders.map((order) => [order.id, order]));
}
